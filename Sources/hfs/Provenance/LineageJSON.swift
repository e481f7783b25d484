import Core
import Lineage
import Provenance

/// An answer as `--format json` prints it.
enum LineageJSON {
    static func value(_ answer: LineageAnswer) -> JSONValue {
        .object([
            "nodes": .array(answer.nodes.map(value)), "runs": .array(answer.runs.map(value)),
            "edges": .array(answer.edges.map(value)), "isComplete": .flag(answer.isComplete),
        ])
    }

    private static func value(_ node: LineageNode) -> JSONValue {
        var fields: [String: JSONValue] = [
            "id": .string("\(node.id)"), "inode": .number(Int64(clamping: node.id.inode.rawValue)),
            "version": .number(Int64(node.id.version)), "state": .string(node.state.rawValue),
            "isDirectory": .flag(node.isDirectory), "depth": .number(Int64(node.depth)),
            "length": .number(Int64(clamping: node.length)), "timeMs": .number(node.timeMs),
        ]
        if let path = node.path { fields["path"] = .string(path) }
        if let kind = node.kind { fields["kind"] = .string(kind.rawValue) }
        if let run = node.maker.run { fields["run"] = .string("\(run)") }
        if !node.maker.agent.isEmpty { fields["agent"] = .string(node.maker.agent) }
        if !node.role.isEmpty { fields["role"] = .string(node.role) }
        return .object(fields)
    }

    private static func value(_ run: LineageRun) -> JSONValue {
        var fields: [String: JSONValue] = [
            "id": .string("\(run.id)"), "name": .string(run.name), "kind": .string(run.kind),
            "user": .string(run.user), "project": .string(run.project), "command": .string(run.command),
            "host": .string(run.host), "outcome": .string("\(run.outcome)"), "startedMs": .number(run.startedMs),
            "endedMs": .number(run.endedMs),
        ]
        if let parent = run.parent { fields["parent"] = .string("\(parent)") }
        if let exitCode = run.exitCode { fields["exitCode"] = .number(Int64(exitCode)) }
        if !run.role.isEmpty { fields["role"] = .string(run.role) }
        return .object(fields)
    }

    private static func value(_ edge: LineageEdge) -> JSONValue {
        switch edge {
        case .used(let run, let id): .object(["type": "used", "run": .string("\(run)"), "node": .string("\(id)")])
        case .generated(let run, let id):
            .object(["type": "generated", "run": .string("\(run)"), "node": .string("\(id)")])
        case .derived(let output, let input):
            .object(["type": "derived", "node": .string("\(output)"), "from": .string("\(input)")])
        }
    }
}
