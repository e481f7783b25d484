import Client
import Core
import Lineage
import Provenance

/// A file that a run read or made, as `run show` prints it.
struct RunFile: Encodable {
    /// nil: the user may not know.
    let path: String?
    let version: UInt32
    let state: String
    /// `read`, `opened` (located, and no bytes sent), `added`, `modified`, `temporary`, `removed`.
    let role: String

    private init(_ node: LineageNode) {
        path = node.path
        version = node.id.version
        state = node.state.rawValue
        role = node.role
    }

    /// The files of a run; none of a run whose events are no longer kept.
    static func list(of run: RunID, on fileSystem: HFSFileSystem) async throws(HFSError) -> [RunFile] {
        do throws(HFSError) {
            let answer = try await ProvenanceClient.ask(
                .footprint(run), of: fileSystem, deadlineMs: ProvenanceClient.asideDeadlineMs)
            return answer.nodes.map { RunFile($0) }
        } catch {
            guard error.code == .fileNotFound else { throw error }
            return []
        }
    }

    /// Rows of a table: a role, then its files, the first few by name.
    static func rows(_ files: [RunFile]) -> [[String]] {
        var rows: [[String]] = []
        var shown: [String: Int] = [:]
        for file in files {
            let count = shown[file.role, default: 0]
            shown[file.role] = count + 1
            if count < shownMax { rows.append([count == 0 ? file.role : "", file.path ?? "(not visible)"]) }
        }
        let hidden = shown.values.reduce(0) { $0 + max(0, $1 - shownMax) }
        if hidden > 0 { rows.append(["", "and \(hidden) more: hfs run footprint"]) }
        return rows
    }

    private static let shownMax = 10
}
