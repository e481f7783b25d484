import Core
import Lineage

/// Writing what has changed.
extension StoredGraph {
    /// Puts everything that has changed into the tables, in the transaction that is open.
    func flush() throws(HFSError) {
        try flushEntries()
        for id in dirtyVersions {
            if let row = versions[id] { try statements.putVersion.run(row.arguments) }
        }
        for id in dirtyRuns {
            if let row = runs[id] { try statements.putRun.run(row.arguments) }
        }
        for row in dirtyInputs { try statements.putInput.run(row.arguments) }
        for key in dirtyAccesses {
            if let row = accesses[key] { try statements.putAccess.run(row.arguments) }
        }
        for row in dirtyDerived { try statements.putDerived.run(row.arguments) }
        for row in dirtyAttributes {
            if let value = row.value {
                try statements.putAttribute.run([column(row.inode.rawValue), row.name, value])
            } else {
                try statements.removeAttribute.run([column(row.inode.rawValue), row.name])
            }
        }
        try flushWords()
        dirtyVersions.removeAll(keepingCapacity: true)
        dirtyRuns.removeAll(keepingCapacity: true)
        dirtyInputs.removeAll(keepingCapacity: true)
        dirtyAccesses.removeAll(keepingCapacity: true)
        dirtyDerived.removeAll(keepingCapacity: true)
        dirtyAttributes.removeAll(keepingCapacity: true)
        removed.removeAll(keepingCapacity: true)
    }

    /// Entries alone, before they are looked up by something other than their inode.
    func flushEntries() throws(HFSError) {
        for inode in dirtyEntries {
            if let row = entries[inode] { try statements.putEntry.run(row.arguments) }
        }
        dirtyEntries.removeAll(keepingCapacity: true)
    }

    private func flushWords() throws(HFSError) {
        for id in dirtyWords {
            if let run = runs[RunID(id)]?.run {
                try statements.putWords.run([column(id), run.name, "\(run.command) \(run.kind) \(run.project)"])
                continue
            }
            guard let entry = try entry(InodeID(id)), try isSearchable(entry) else { continue }
            let values = try statements.attributes.all([column(id)]) { row in "\(row[0] as String) \(row[1] as String)"
            }
            let text = values.joined(separator: "\n")
            try statements.putWords.run([column(id), entry.name, text])
        }
        dirtyWords.removeAll(keepingCapacity: true)
    }

    /// Directories and files by themselves: an artifact's parts and files under temporary names are found through it.
    private func isSearchable(_ entry: EntryRow) throws(HFSError) -> Bool {
        if entry.isDirectory { return !entry.name.hasPrefix("_") }
        guard !entry.name.hasPrefix("_"), !entry.name.hasPrefix("."), !entry.isDeleted else { return false }
        return entry.version == 0 || versions[entry.current]?.owner == nil
    }
}
