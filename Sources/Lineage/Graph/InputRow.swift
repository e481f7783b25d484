package import Core

/// An edge from an artifact's version to a run that read it. Numbered in the order of first reads, from 1.
package struct InputRow: Hashable, Sendable {
    package var run: RunID
    package var number: UInt32
    package var artifact: ArtifactVersion
    package var timeMs: Int64

    package init(run: RunID, number: UInt32, artifact: ArtifactVersion, timeMs: Int64) {
        self.run = run
        self.number = number
        self.artifact = artifact
        self.timeMs = timeMs
    }
}
