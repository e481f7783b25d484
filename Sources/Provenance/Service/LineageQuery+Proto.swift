import Core
import Lineage
import WireProtocol

extension LineageQuery {
    /// Throws `.invalidPath` and `.invalidArgument` for a question that cannot be asked.
    init(_ proto: Hfs_Provenance_QueryRequest) throws(HFSError) {
        let run = RunID(proto.run)
        switch proto.kind {
        case .upstream: self = .upstream(path: try proto.checkedPath, depth: proto.checkedDepth)
        case .downstream: self = .downstream(path: try proto.checkedPath, depth: proto.checkedDepth)
        case .history: self = .history(path: try proto.checkedPath)
        case .inputs: self = .inputs(run)
        case .outputs: self = .outputs(run)
        case .footprint: self = .footprint(run)
        case .run: self = .run(run)
        case .derived:
            guard let kind = ArtifactKind(rawValue: proto.artifactKind) else {
                throw HFSError(.invalidArgument, "'\(proto.artifactKind)' is no kind of artifact")
            }
            self = .derived(kind, path: try proto.checkedPath)
        case .readers: self = .readers(path: try proto.checkedPath)
        case .unread: self = .unread(sinceMs: proto.sinceMs)
        case .difference: self = .difference(run, RunID(proto.otherRun))
        case .search: self = .search(proto.text)
        }
    }

    var proto: Hfs_Provenance_QueryRequest {
        var proto = Hfs_Provenance_QueryRequest()
        func ask(_ kind: Hfs_Provenance_QueryRequest.Kind, _ path: String, depth: Int? = nil) {
            proto.kind = kind
            proto.path = path
            if let depth { proto.depth = UInt32(clamping: depth) }
        }
        func ask(_ kind: Hfs_Provenance_QueryRequest.Kind, _ run: RunID) {
            proto.kind = kind
            proto.run = run.rawValue
        }
        switch self {
        case .upstream(let path, let depth): ask(.upstream, path, depth: depth)
        case .downstream(let path, let depth): ask(.downstream, path, depth: depth)
        case .history(let path): ask(.history, path)
        case .inputs(let run): ask(.inputs, run)
        case .outputs(let run): ask(.outputs, run)
        case .footprint(let run): ask(.footprint, run)
        case .run(let run): ask(.run, run)
        case .derived(let kind, let path):
            ask(.derived, path)
            proto.artifactKind = kind.rawValue
        case .readers(let path): ask(.readers, path)
        case .unread(let sinceMs):
            proto.kind = .unread
            proto.sinceMs = sinceMs
        case .difference(let first, let second):
            ask(.difference, first)
            proto.otherRun = second.rawValue
        case .search(let text):
            proto.kind = .search
            proto.text = text
        }
        return proto
    }
}

extension Hfs_Provenance_QueryRequest {
    fileprivate var checkedPath: String {
        get throws(HFSError) {
            guard path.hasPrefix("/") else { throw HFSError(.invalidPath, "'\(path)' is not an absolute path") }
            return path
        }
    }

    fileprivate var checkedDepth: Int? { hasDepth ? Int(depth) : nil }
}
