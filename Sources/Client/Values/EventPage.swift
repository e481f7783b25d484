public import Core

/// A part of the event feed.
public struct EventPage: Sendable {
    /// In the order of LSN and index; the events of a record are all here or none is.
    public var entries: [FeedEntry]
    /// Where the next read goes on.
    public var nextLSN: LSN
    /// The newest record when the answer was made: the reader has caught up when `nextLSN` is above it.
    public var publishedLSN: LSN
    /// The oldest record that the namenode keeps.
    public var oldestLSN: LSN

    package init(entries: [FeedEntry], nextLSN: LSN, publishedLSN: LSN, oldestLSN: LSN) {
        self.entries = entries
        self.nextLSN = nextLSN
        self.publishedLSN = publishedLSN
        self.oldestLSN = oldestLSN
    }
}
