package import Core

/// A run as the graph knows it.
package struct RunRow: Hashable, Sendable {
    package var run: LineageRun
    /// How many inputs it has; the next one is numbered one higher.
    package var inputs: UInt32 = 0

    package init(_ id: RunID) { run = LineageRun(id) }
}
