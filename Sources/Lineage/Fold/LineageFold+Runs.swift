import Core

/// Attributes and runs.
extension LineageFold {
    /// Longer values are data, not descriptions.
    private static var textBytesMax: Int { 4096 }

    mutating func attributed(_ entry: FeedEntry) throws(HFSError) {
        guard case .attribute(let name, _, let value) = entry.event.change else { return }
        var row = try known(entry.event)
        if ArtifactKind.isAttribute(name) {
            let wasOwner = row.isDirectory ? try owner(of: row.inode) : nil
            row.kind = value.flatMap { ArtifactKind(attribute: $0) }
            put(.entry(row))
            if row.isDirectory {
                forgetOwners()
                if try owner(of: row.inode) != wasOwner { try reown(row.inode, Agent(entry), entry) }
            }
        }
        let text = value.flatMap { value in
            value.count <= Self.textBytesMax ? String(validating: value, as: UTF8.self) : nil
        }
        put(.attribute(AttributeRow(inode: row.inode, name: name, value: text)))
    }

    mutating func ran(_ entry: FeedEntry) throws(HFSError) {
        let id = RunID(entry.event.inode.rawValue)
        var row = try state.run(id) ?? RunRow(id)
        if row.run.user.isEmpty { row.run.user = entry.user }
        if row.run.host.isEmpty { row.run.host = entry.address }
        let text = if case .text(let text) = entry.event.change { text } else { "" }
        if entry.event.kind == .runStarted {
            RunDescription.begin(&row.run, text)
            row.run.startedMs = entry.timeMs
        } else {
            RunDescription.end(&row.run, text)
            row.run.endedMs = entry.timeMs
        }
        put(.run(row))
    }

    /// A run that the feed names without having told of its beginning.
    static func unannounced(_ run: RunID, _ entry: FeedEntry) -> RunRow {
        var row = RunRow(run)
        row.run.user = entry.user
        row.run.host = entry.address
        return row
    }
}
