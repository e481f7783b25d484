import Client
import Core

/// The feed of a namenode, held by a durable cursor.
struct NamenodeFeed: FeedReading {
    let fileSystem: HFSFileSystem
    let cursor: String

    func page(from lsn: LSN?, waitMs: UInt32) async throws(HFSError) -> FeedPage {
        let page = try await fileSystem.readEvents(from: lsn.map { .lsn($0) } ?? .oldest, waitMs: waitMs)
        return FeedPage(
            entries: page.entries, next: page.nextLSN, oldest: page.oldestLSN, published: page.publishedLSN)
    }

    func hold(from lsn: LSN) async throws(HFSError) {
        try await fileSystem.setCursor(cursor, to: lsn, creates: true)
    }
}
