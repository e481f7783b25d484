package import Core

/// How far the graph has taken the feed.
package struct FeedPosition: Hashable, Sendable {
    /// Where to read on.
    package var next: LSN
    /// The last event that was taken; a record at `next` may have been taken in part.
    package var lsn: LSN
    package var index: UInt32

    package init(next: LSN, lsn: LSN = .zero, index: UInt32 = 0) {
        self.next = next
        self.lsn = lsn
        self.index = index
    }

    /// Whether the graph holds an event already.
    package func includes(_ entry: FeedEntry) -> Bool {
        (entry.lsn, entry.index) <= (lsn, index)
    }
}
