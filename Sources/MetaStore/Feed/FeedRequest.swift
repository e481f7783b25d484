internal import Core

/// What a reader of the feed asks for.
package struct FeedRequest: Sendable {
    package var start: FeedStart
    package var filter = FeedFilter()
    /// Entries of one answer. A record's events are never torn apart, so the last record may exceed it.
    package var entriesMax = Limits.feedPageEntriesMax
    /// How long to wait for the first event that matches; 0: answer with what is there.
    package var waitMs: Int64 = 0
    /// Who waits: `EventFeed.drop` ends the waits of an owner.
    package var owner: UInt64 = 0
    /// True from before `drop` of the owner on: then nothing waits any more, wherever the read was on its way just then.
    package var isAbandoned: @Sendable () -> Bool = { false }

    package init(_ start: FeedStart) { self.start = start }
}
