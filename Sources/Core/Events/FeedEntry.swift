/// An event with its place in the feed and who caused it.
///
/// Entries are ordered by `lsn`, then `index`; each is in the feed exactly once.
public struct FeedEntry: Hashable, Sendable {
    public var lsn: LSN
    /// Among the events of one edits record, from 0.
    public var index: UInt32
    /// When the change was planned, milliseconds since 1970.
    public var timeMs: Int64
    public var user: String
    /// nil: no run was known behind the connection.
    public var run: RunID?
    /// Numeric address of the client; empty for the namenode's own changes.
    public var address: String
    public var callerContext: String
    public var event: NamespaceEvent

    public init(
        lsn: LSN, index: UInt32, timeMs: Int64, user: String, run: RunID? = nil, address: String = "",
        callerContext: String = "", event: NamespaceEvent
    ) {
        self.lsn = lsn
        self.index = index
        self.timeMs = timeMs
        self.user = user
        self.run = run
        self.address = address
        self.callerContext = callerContext
        self.event = event
    }
}
