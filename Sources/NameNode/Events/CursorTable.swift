import Core
import MetaStore
import Synchronization

/// Where the durable cursors stand, in memory: tells the feed what of the log is still needed.
final class CursorTable: Sendable {
    private let feed: EventFeed
    private let cursors = Mutex<[String: LSN]>([:])

    init(feed: EventFeed) { self.feed = feed }

    /// What was found at start. Until then the log keeps everything.
    func load(_ found: [(name: String, lsn: LSN)]) {
        tell { cursors in for (name, lsn) in found { cursors[name] = lsn } }
    }

    /// nil: the cursor is gone.
    func move(_ name: String, to lsn: LSN?) { tell { $0[name] = lsn } }

    private func tell(_ change: (inout [String: LSN]) -> Void) {
        cursors.withLock { cursors in
            change(&cursors)
            feed.setCursors(Array(cursors.values))
        }
    }
}
