import Client
import Core

/// The feed of a namenode, held by a durable cursor.
struct NamenodeFeed: FeedReading {
    let fileSystem: HFSFileSystem
    let cursor: String

    func page(from lsn: LSN?, waitMs: UInt32) async throws(HFSError) -> EventPage {
        try await fileSystem.readEvents(from: lsn.map { .lsn($0) } ?? .oldest, waitMs: waitMs)
    }

    func hold(from lsn: LSN) async throws(HFSError) {
        try await fileSystem.setCursor(cursor, to: lsn, creates: true)
    }
}
