import Core

/// A version of a file or artifact in an answer.
public struct LineageNode: Hashable, Sendable {
    public var id: ArtifactVersion
    /// Where it is, or was when it was deleted; nil when whoever asks may not know.
    public var path: String?
    public var isDirectory = false
    public var kind: ArtifactKind?
    public var state = LinkState.live
    public var maker = Agent.unknown
    /// When it was closed or last changed, milliseconds since 1970; 0 for unknown.
    public var timeMs: Int64 = 0
    /// Bytes of a file.
    public var length: UInt64 = 0
    public var checksum: UInt32?
    /// Steps from where the question began.
    public var depth = 0
    /// What it is to the question: input, output, added, ...; empty in a graph.
    public var role = ""

    public init(_ id: ArtifactVersion) { self.id = id }
}
