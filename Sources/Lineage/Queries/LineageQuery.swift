public import Core

/// A question to the lineage graph.
public enum LineageQuery: Hashable, Sendable {
    /// What a file or artifact depends on, or what depends on any version of it, so many steps far; nil: all.
    case upstream(path: String, depth: Int?)
    case downstream(path: String, depth: Int?)
    /// The versions of a path's holders, newest first, those that were replaced included.
    case history(path: String)
    case inputs(RunID)
    case outputs(RunID)
    /// Files: read, opened (it asked where their bytes are, and no datanode sent any), added, modified, temporary, removed.
    case footprint(RunID)
    /// What a run read and made, with the edges.
    case run(RunID)
    /// Everything downstream that is of a kind.
    case derived(ArtifactKind, path: String)
    /// The runs that read a file or artifact.
    case readers(path: String)
    /// What nobody has read since a time, milliseconds since 1970.
    case unread(sinceMs: Int64)
    /// What differs between two runs.
    case difference(RunID, RunID)
    case search(String)

    /// The path that the question is about; nil for one about runs or everything.
    package var path: String? {
        switch self {
        case .upstream(let path, _), .downstream(let path, _), .history(let path), .derived(_, let path),
            .readers(let path):
            path
        case .inputs, .outputs, .footprint, .run, .unread, .difference, .search: nil
        }
    }
}
