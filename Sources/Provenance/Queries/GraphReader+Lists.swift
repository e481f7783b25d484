import Core
import GRDB
import Lineage

/// Answers that are lists.
extension GraphReader {
    mutating func history(of row: EntryRow) throws -> LineageAnswer {
        var answer = LineageAnswer()
        var found: Set<RunID> = []
        for holder in try holders(row).flatMap({ try withNumbered($0) }) {
            let versions = try all(
                "\(VersionRow.select) WHERE inode = ? ORDER BY version DESC LIMIT ?",
                [column(holder.inode.rawValue), Int64(LineageAnswer.nodesMax)], VersionRow.init)
            for version in versions {
                answer.nodes.append(try node(version.id))
                if let run = version.maker.run {
                    found.insert(run)
                    answer.edges.append(.generated(run, version.id))
                }
            }
            if versions.isEmpty { answer.nodes.append(try node(holder.current)) }
        }
        answer.runs = try runs(found)
        return answer
    }

    /// An entry; in front of a directory those below that publishing numbered, the highest first. What is only the name of
    /// such ones has no versions of its own.
    private func withNumbered(_ row: EntryRow) throws -> [EntryRow] {
        guard row.isDirectory else { return [row] }
        let below = try all(
            "\(EntryRow.select) WHERE parent = ? AND is_directory AND name GLOB '[1-9]*' LIMIT ?",
            [column(row.inode.rawValue), Int64(LineageAnswer.nodesMax)], EntryRow.init)
        let numbered =
            below
            .compactMap { entry in UInt64(entry.name).map { (number: $0, entry: entry) } }
            .sorted { ($0.number, $0.entry.inode) > ($1.number, $1.entry.inode) }.map(\.entry)
        return numbered + (numbered.isEmpty || row.version > 0 ? [row] : [])
    }

    /// Live files and artifacts with content that nobody read since then.
    mutating func unread(sinceMs: Int64) throws -> LineageAnswer {
        var answer = LineageAnswer()
        let found = try all(
            """
            \(EntryRow.select) WHERE deleted_lsn = 0 AND version > 0 AND last_read_ms < ? AND NOT EXISTS (
              SELECT 1 FROM version WHERE version.inode = entry.inode AND version.version = entry.version
              AND (owner_inode IS NOT NULL OR time_ms >= ?)) ORDER BY last_read_ms, inode LIMIT ?
            """, [sinceMs, sinceMs, Int64(LineageAnswer.nodesMax + 1)], EntryRow.init)
        for row in found.prefix(LineageAnswer.nodesMax) where try deletion(row.inode) == nil {
            answer.nodes.append(try node(row.current))
        }
        answer.isComplete = found.count <= LineageAnswer.nodesMax
        return answer
    }

    /// Everything with all of the words, beginnings of words included, best first.
    mutating func search(_ text: String) throws -> LineageAnswer {
        var answer = LineageAnswer()
        guard let pattern = FTS5Pattern(matchingAllPrefixesIn: text) else { return answer }
        let found = try all(
            "SELECT rowid FROM search WHERE search MATCH ? ORDER BY rank LIMIT 100", [pattern.rawPattern]
        ) { UInt64($0[0] as Int64) }
        for id in found {
            if let run = try run(RunID(id)) {
                answer.runs.append(run)
            } else if let entry = try entry(InodeID(id)) {
                answer.nodes.append(try node(entry.current))
            }
        }
        answer.isComplete = found.count < 100
        return answer
    }

    /// What is downstream and of a kind, with the runs that made it.
    mutating func derived(_ kind: ArtifactKind, from row: EntryRow) throws -> LineageAnswer {
        var answer = try closure(everyVersion(of: row), .downstream, depth: nil)
        answer.nodes.removeAll { $0.kind != kind || $0.depth == 0 }
        if isCut { answer.isComplete = false }
        answer.edges = []
        let makers = Set(answer.nodes.compactMap(\.maker.run))
        answer.runs = try runs(makers)
        return answer
    }
}
