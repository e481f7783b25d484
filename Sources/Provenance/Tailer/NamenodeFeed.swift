package import Client
package import Core

/// The feed of a namenode, held by a durable cursor.
package struct NamenodeFeed: FeedReading {
    private let fileSystem: HFSFileSystem
    private let cursor: String

    package init(fileSystem: HFSFileSystem, cursor: String) {
        self.fileSystem = fileSystem
        self.cursor = cursor
    }

    package func page(from lsn: LSN?, waitMs: UInt32) async throws(HFSError) -> EventPage {
        try await fileSystem.readEvents(from: lsn.map { .lsn($0) } ?? .oldest, waitMs: waitMs)
    }

    package func hold(from lsn: LSN) async throws(HFSError) {
        try await fileSystem.setCursor(cursor, to: lsn, creates: true)
    }
}
