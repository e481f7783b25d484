package import Client
package import Core

/// Where the tailer's events come from.
package protocol FeedReading: Sendable {
    /// The events from a record on, the oldest kept one for nil; waits for the first new one, at most `waitMs`.
    func page(from lsn: LSN?, waitMs: UInt32) async throws(HFSError) -> EventPage
    /// Has the events from `lsn` on kept until this is called again, across restarts of everything.
    func hold(from lsn: LSN) async throws(HFSError)
}
