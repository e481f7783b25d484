internal import Core

extension Mutation {
    /// Checks what an engine relies on: keys have the form of their table, ids were handed out (below `ids`), counters change
    /// by deltas only. A mutation that breaks this is a fault of the operation; nothing of it is kept.
    func validate(_ ids: IDRange) throws(HFSError) {
        for change in rows {
            switch change {
            case .put(let key, _):
                try Self.validate(key, ids)
                if key.table == .counter { throw HFSError(.invalidArgument, "a counter changes by deltas only") }
            case .delete(let key): try Self.validate(key, ids)
            }
        }
        for (directory, _) in counters { try Self.validate(RowKey(.counter, directory), ids) }
    }

    /// True when the counter's row goes before its deltas count: they start from zero.
    func removesCounter(_ directory: UInt64) -> Bool {
        rows.contains { change in
            if case .delete(let key) = change { return key.table == .counter && key.id == directory }
            return false
        }
    }

    private static func validate(_ key: RowKey, _ ids: IDRange) throws(HFSError) {
        guard key.table.hasSub || key.sub.isEmpty else {
            throw HFSError(.invalidArgument, "table \(key.table) has one row an id, no sub keys")
        }
        let isHandedOut =
            switch key.table {
            case .system, .run, .token, .cursor: true
            case .block, .inline: BlockID(key.id).sequence < ids.blockSequence
            default: InodeID(key.id).sequence < ids.inodeSequence
            }
        guard isHandedOut else {
            throw HFSError(.invalidArgument, "table \(key.table): id \(key.id) was never handed out")
        }
    }
}
