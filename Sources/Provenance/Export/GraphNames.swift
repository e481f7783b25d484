import Core
import Lineage

/// How exports call things.
enum GraphNames {
    static func id(_ id: ArtifactVersion) -> String { "v\(id.inode)_\(id.version)" }
    static func id(_ run: RunID) -> String { "r\(run.rawValue)" }

    /// The path, or what can be said without it.
    static func label(_ node: LineageNode) -> String {
        let version = node.id.version > 1 ? " v\(node.id.version)" : ""
        let state = node.state == .live ? "" : " (\(node.state.rawValue))"
        return (node.path ?? "not visible") + version + state
    }

    static func label(_ run: LineageRun) -> String { run.name.isEmpty ? "\(run.id)" : "\(run.name) (\(run.id))" }
}
