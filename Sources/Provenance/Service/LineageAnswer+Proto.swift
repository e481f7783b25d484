import Core
import Lineage
import WireProtocol

extension LineageAnswer {
    init(_ proto: Hfs_Provenance_QueryResponse) {
        self.init()
        nodes = proto.nodes.map { LineageNode($0) }
        runs = proto.runs.map { LineageRun($0) }
        edges = proto.edges.map { LineageEdge($0) }
        isComplete = proto.isComplete
    }

    func proto(next: LSN) -> Hfs_Provenance_QueryResponse {
        var proto = Hfs_Provenance_QueryResponse()
        proto.nodes = nodes.map(\.proto)
        proto.runs = runs.map(\.proto)
        proto.edges = edges.map(\.proto)
        proto.isComplete = isComplete
        proto.nextLsn = next.rawValue
        return proto
    }
}

extension LineageNode {
    fileprivate init(_ proto: Hfs_Provenance_Node) {
        self.init(ArtifactVersion(InodeID(proto.inode), proto.version))
        path = proto.hasPath ? proto.path : nil
        isDirectory = proto.isDirectory
        kind = ArtifactKind(rawValue: proto.kind)
        state = LinkState(rawValue: proto.state) ?? .live
        maker = Agent(run: proto.hasRun ? RunID(proto.run) : nil, agent: proto.agent)
        timeMs = proto.timeMs
        length = proto.length
        checksum = proto.hasChecksum ? proto.checksum : nil
        depth = Int(proto.depth)
        role = proto.role
    }

    fileprivate var proto: Hfs_Provenance_Node {
        var proto = Hfs_Provenance_Node()
        proto.inode = id.inode.rawValue
        proto.version = id.version
        if let path { proto.path = path }
        proto.isDirectory = isDirectory
        if let kind { proto.kind = kind.rawValue }
        proto.state = state.rawValue
        if let run = maker.run { proto.run = run.rawValue }
        proto.agent = maker.agent
        proto.timeMs = timeMs
        proto.length = length
        if let checksum { proto.checksum = checksum }
        proto.depth = UInt32(clamping: depth)
        proto.role = role
        return proto
    }
}

extension LineageRun {
    fileprivate init(_ proto: Hfs_Provenance_RunInfo) {
        self.init(RunID(proto.id))
        parent = proto.hasParent ? RunID(proto.parent) : nil
        name = proto.name
        kind = proto.kind
        user = proto.user
        project = proto.project
        command = proto.command
        host = proto.host
        startedMs = proto.startedMs
        endedMs = proto.endedMs
        outcome = UInt8(exactly: proto.outcome).flatMap { RunState(rawValue: $0) } ?? .lost
        exitCode = proto.hasExitCode ? proto.exitCode : nil
        role = proto.role
    }

    fileprivate var proto: Hfs_Provenance_RunInfo {
        var proto = Hfs_Provenance_RunInfo()
        proto.id = id.rawValue
        if let parent { proto.parent = parent.rawValue }
        proto.name = name
        proto.kind = kind
        proto.user = user
        proto.project = project
        proto.command = command
        proto.host = host
        proto.startedMs = startedMs
        proto.endedMs = endedMs
        proto.outcome = UInt32(outcome.rawValue)
        if let exitCode { proto.exitCode = exitCode }
        proto.role = role
        return proto
    }
}

extension LineageEdge {
    fileprivate init(_ proto: Hfs_Provenance_Edge) {
        let id = ArtifactVersion(InodeID(proto.inode), proto.version)
        if proto.hasRun {
            self = proto.isGenerated ? .generated(RunID(proto.run), id) : .used(RunID(proto.run), id)
        } else {
            self = .derived(id, from: ArtifactVersion(InodeID(proto.fromInode), proto.fromVersion))
        }
    }

    fileprivate var proto: Hfs_Provenance_Edge {
        var proto = Hfs_Provenance_Edge()
        func join(_ run: RunID, _ id: ArtifactVersion) {
            proto.run = run.rawValue
            proto.inode = id.inode.rawValue
            proto.version = id.version
        }
        switch self {
        case .used(let run, let id): join(run, id)
        case .generated(let run, let id):
            join(run, id)
            proto.isGenerated = true
        case .derived(let output, let input):
            proto.inode = output.inode.rawValue
            proto.version = output.version
            proto.fromInode = input.inode.rawValue
            proto.fromVersion = input.version
        }
        return proto
    }
}
