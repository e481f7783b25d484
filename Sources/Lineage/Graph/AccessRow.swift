package import Core

/// A run read a file: which content, and how that is known.
package struct AccessRow: Hashable, Sendable {
    package var run: RunID
    package var file: ArtifactVersion
    /// A datanode sent bytes; else the run only asked where they are.
    package var isRead: Bool
    package var firstMs: Int64
    package var lastMs: Int64

    package init(run: RunID, file: ArtifactVersion, isRead: Bool, timeMs: Int64) {
        self.run = run
        self.file = file
        self.isRead = isRead
        firstMs = timeMs
        lastMs = timeMs
    }
}
