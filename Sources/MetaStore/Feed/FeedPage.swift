package import Core

/// A part of the feed.
package struct FeedPage: Sendable {
    /// In the order of LSN and index; all events of a record that match, or none.
    package var events: PackedEvents
    /// Where the next read goes on: all records before it were looked at.
    package var nextLSN: LSN
    /// The newest record that readers could see.
    package var publishedLSN: LSN
    /// The oldest record that is kept.
    package var oldestLSN: LSN

    package init(events: PackedEvents = PackedEvents(), nextLSN: LSN, publishedLSN: LSN, oldestLSN: LSN) {
        self.events = events
        self.nextLSN = nextLSN
        self.publishedLSN = publishedLSN
        self.oldestLSN = oldestLSN
    }

    /// `events`, decoded.
    package var entries: [FeedEntry] { events.entries }
}
