import Client
import Core
import Provenance

/// A namenode's feed that nobody keeps a cursor for; `isFromNow`: it begins with what comes next.
struct UnheldFeed: FeedReading {
    let fileSystem: HFSFileSystem
    let isFromNow: Bool

    func page(from lsn: LSN?, waitMs: UInt32) async throws(HFSError) -> EventPage {
        try await fileSystem.readEvents(
            from: lsn.map { .lsn($0) } ?? (isFromNow ? .end : .oldest), waitMs: waitMs)
    }

    func hold(from lsn: LSN) async throws(HFSError) {}
}
