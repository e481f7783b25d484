import Client
import Core

/// The feed of a namenode, held by a durable cursor.
struct NamenodeFeed: FeedReading {
    let fileSystem: HFSFileSystem
    let cursor: String

    func page(from lsn: LSN?, waitMs: UInt32) async throws(HFSError) -> FeedPage {
        let part = try await fileSystem.tail(from: lsn ?? .zero, waitMs: waitMs)
        return FeedPage(entries: part.entries, next: part.next, oldest: part.oldest, published: part.published)
    }

    func hold(from lsn: LSN) async throws(HFSError) { try await fileSystem.holdEvents(from: lsn, cursor: cursor) }
}
