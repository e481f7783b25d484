public import Core

/// How two things of an answer are joined.
public enum LineageEdge: Hashable, Sendable {
    /// The run read the version.
    case used(RunID, ArtifactVersion)
    /// The run made the version.
    case generated(RunID, ArtifactVersion)
    /// The first came from the second without a read that was told.
    case derived(ArtifactVersion, from: ArtifactVersion)
}
