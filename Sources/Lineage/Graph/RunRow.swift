package import Core

/// A run as the graph knows it.
package struct RunRow: Hashable, Sendable {
    package var id: RunID
    package var parent: RunID?
    package var name = ""
    package var kind = ""
    package var user = ""
    package var project = ""
    package var command = ""
    package var host = ""
    /// 0 for one whose beginning the feed did not tell.
    package var startedMs: Int64 = 0
    /// 0 while it goes on.
    package var endedMs: Int64 = 0
    package var outcome = RunState.running
    package var exitCode: Int32?
    /// How many inputs it has; the next one is numbered one higher.
    package var inputs: UInt32 = 0

    package init(_ id: RunID) { self.id = id }
}
