import Core

/// A run has opened a file: what a block token proves.
struct Opening: Hashable, Sendable {
    var run: RunID
    var generation: FileGeneration
}
