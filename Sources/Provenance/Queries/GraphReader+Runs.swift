import Core
import Lineage

/// What runs did.
extension GraphReader {
    func known(_ id: RunID) throws -> LineageRun {
        guard let run = try run(id) else { throw HFSError(.fileNotFound, "Nothing is known of \(id)") }
        return run
    }

    func inputs(of run: RunID) throws -> [ArtifactVersion] {
        try all("SELECT inode, version FROM input WHERE run = ? ORDER BY number", [column(run.rawValue)]) {
            artifactVersion($0, 0)
        }
    }

    /// Files and artifacts; what is part of an artifact is not told by itself.
    func outputs(of run: RunID) throws -> [ArtifactVersion] {
        try all(
            """
            SELECT inode, version FROM version WHERE run = ? AND owner_inode IS NULL ORDER BY inputs, inode, version
            """, [column(run.rawValue)]
        ) { artifactVersion($0, 0) }
    }

    /// A run with what it read and made.
    mutating func graph(of id: RunID) throws -> LineageAnswer {
        var answer = LineageAnswer()
        answer.runs = [try known(id)]
        var seen: Set<ArtifactVersion> = []
        for input in try inputs(of: id).prefix(LineageAnswer.nodesMax) {
            seen.insert(input)
            answer.nodes.append(try node(input, role: "input"))
            answer.edges.append(.used(id, input))
        }
        for output in try outputs(of: id).prefix(LineageAnswer.nodesMax) {
            if seen.insert(output).inserted {
                answer.nodes.append(try node(output, depth: 1, role: "output"))
            }
            answer.edges.append(.generated(id, output))
        }
        return answer
    }

    /// File by file, first what it read, then what it only asked for. Temporary: made by the run and gone with its help.
    mutating func footprint(of id: RunID) throws -> LineageAnswer {
        var answer = LineageAnswer()
        answer.runs = [try known(id)]
        let inputs = try all(
            "SELECT inode, version, is_read FROM access WHERE run = ? ORDER BY is_read DESC, inode, version",
            [column(id.rawValue)]
        ) { (file: artifactVersion($0, 0), isRead: $0[2] as Int64 != 0) }
        for input in inputs { answer.nodes.append(try node(input.file, role: input.isRead ? "read" : "opened")) }
        var newest: [InodeID: UInt32] = [:]
        let written = try all(
            "SELECT inode, max(version) FROM version WHERE run = ? GROUP BY inode ORDER BY inode", [column(id.rawValue)]
        ) { artifactVersion($0, 0) }
        for file in written { newest[file.inode] = file.version }
        for (inode, version) in newest.sorted(by: { $0.key < $1.key }) {
            guard let row = try entry(inode), !row.isDirectory else { continue }
            answer.nodes.append(try node(ArtifactVersion(inode, version), role: role(row, id)))
        }
        let removed = try all(
            "\(EntryRow.select) WHERE deleted_run = ? ORDER BY inode", [column(id.rawValue)], EntryRow.init)
        for row in removed where newest[row.inode] == nil && row.createdBy.run != id {
            if row.replacedBy == nil { answer.nodes.append(try node(row.current, role: "removed")) }
        }
        if answer.nodes.count > LineageAnswer.nodesMax {
            answer.nodes.removeLast(answer.nodes.count - LineageAnswer.nodesMax)
            answer.isComplete = false
        }
        return answer
    }

    private mutating func role(_ row: EntryRow, _ run: RunID) throws -> String {
        let isOwn = row.createdBy.run == run
        if let gone = try deletion(row.inode), gone.deletedBy.run == run { return isOwn ? "temporary" : "removed" }
        return isOwn && row.replaces == nil ? "added" : "modified"
    }

    mutating func readers(of row: EntryRow) throws -> LineageAnswer {
        var answer = LineageAnswer()
        var found: Set<RunID> = []
        for holder in try holders(row) {
            if holder.isDirectory {
                for node in try nodes(of: holder) {
                    found.formUnion(try runs("SELECT DISTINCT run FROM input WHERE inode = ?", node.inode))
                }
            } else {
                found.formUnion(try runs("SELECT DISTINCT run FROM access WHERE inode = ?", holder.inode))
            }
        }
        answer.runs = try runs(found)
        return answer
    }

    private func runs(_ sql: String, _ inode: InodeID) throws -> [RunID] {
        try all(sql, [column(inode.rawValue)]) { RunID(UInt64($0[0] as Int64)) }
    }

    /// Inputs and outputs that only one of them has, or both in different versions.
    mutating func difference(_ first: RunID, _ second: RunID) throws -> LineageAnswer {
        var answer = LineageAnswer()
        answer.runs = [try known(first).playing("first"), try known(second).playing("second")]
        for (what, left, right) in [
            ("input", try inputs(of: first), try inputs(of: second)),
            ("output", try outputs(of: first), try outputs(of: second)),
        ] {
            let (old, new) = (Set(left), Set(right))
            for id in left where !new.contains(id) { answer.nodes.append(try node(id, role: "first \(what)")) }
            for id in right where !old.contains(id) { answer.nodes.append(try node(id, role: "second \(what)")) }
        }
        return answer
    }
}
