/// An edge between versions that no read tells: content was appended to, moved into an artifact, or an artifact was changed
/// by another run.
package struct DerivedRow: Hashable, Sendable {
    package var output: ArtifactVersion
    package var input: ArtifactVersion

    package init(_ output: ArtifactVersion, from input: ArtifactVersion) {
        self.output = output
        self.input = input
    }
}
