package import Core

extension Run {
    package init(_ proto: Hfs_Filesystem_Run) {
        self.init(
            id: RunID(proto.id), name: proto.name, user: proto.user, project: proto.project,
            parent: proto.hasParent ? RunID(proto.parent) : nil, kind: proto.kind, command: proto.command,
            host: proto.host, state: RunState(proto.state), startedMs: proto.startedMs,
            endedMs: proto.hasEndedMs ? proto.endedMs : nil, exitCode: proto.hasExitCode ? proto.exitCode : nil)
    }

    package var proto: Hfs_Filesystem_Run {
        var proto = Hfs_Filesystem_Run()
        proto.id = id.rawValue
        proto.name = name
        proto.user = user
        if !project.isEmpty { proto.project = project }
        if let parent { proto.parent = parent.rawValue }
        if !kind.isEmpty { proto.kind = kind }
        if !command.isEmpty { proto.command = command }
        if !host.isEmpty { proto.host = host }
        proto.state = state.proto
        proto.startedMs = startedMs
        if let endedMs { proto.endedMs = endedMs }
        if let exitCode { proto.exitCode = exitCode }
        return proto
    }
}

extension RunState {
    package init(_ proto: Hfs_Filesystem_RunState) {
        self =
            switch proto {
            case .running: .running
            case .finished: .finished
            case .failed: .failed
            case .killed: .killed
            case .lost: .lost
            }
    }

    package var proto: Hfs_Filesystem_RunState {
        switch self {
        case .running: .running
        case .finished: .finished
        case .failed: .failed
        case .killed: .killed
        case .lost: .lost
        }
    }
}
