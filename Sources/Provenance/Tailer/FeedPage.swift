package import Core

/// A part of the feed as the tailer reads it: whole records.
package struct FeedPage: Sendable {
    package var entries: [FeedEntry]
    /// Where to read on.
    package var next: LSN
    /// The oldest record that is kept.
    package var oldest: LSN
    /// The newest record there is.
    package var published: LSN

    package init(entries: [FeedEntry], next: LSN, oldest: LSN, published: LSN) {
        self.entries = entries
        self.next = next
        self.oldest = oldest
        self.published = published
    }
}
