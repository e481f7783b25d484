extension RowStore {
    /// Rows from the last one on downwards.
    struct ScanBack {
        var rows: [ScannedRow] = []
        /// False when what lies before `covered` is not in memory.
        var isWhole = true
        var covered: [UInt8]
        var tombstones = 0
    }

    /// The rows of a group before `before`, the last one first, as far as they are known, at most `limit`.
    func scan(_ table: Table, _ id: UInt64, before: [UInt8], limit: Int) -> ScanBack {
        var scan = ScanBack(covered: before)
        guard let group = groups[Int(table.rawValue)].find(id)?.pointee else {
            scan.isWhole = isFresh(table, id)
            return scan
        }
        group.isReferenced = true
        var position = group.lowerBound(before)
        scan.isWhole = group.isGapKnown(before: position)
        while scan.isWhole, scan.rows.count < limit, group.stepBack(&position) {
            let chunk = group.chunks[position.chunk]
            chunk.isReferenced = true
            let entry = chunk.entries[position.index]
            if let image = entry.image {
                scan.rows.append(ScannedRow(sub: entry.sub, image: image))
            } else {
                scan.tombstones += 1
            }
            scan.covered = entry.sub
            scan.isWhole = group.isGapKnown(before: position)
        }
        return scan
    }

    /// As `entries(_:_:after:)` downwards.
    func entries(_ table: Table, _ id: UInt64, before: [UInt8]) -> [RowEntry] {
        guard let group = groups[Int(table.rawValue)].find(id)?.pointee else { return [] }
        return group.chunks.flatMap(\.entries).filter { ByteOrder.compare($0.sub, before) < 0 }.reversed()
    }

    /// Takes in a page that begins with the row at `before`, or there is none, and goes down.
    func mergeScanBack(_ table: Table, _ id: UInt64, _ before: [UInt8], _ fetched: FetchedRows) {
        guard !fetched.rows.isEmpty || fetched.reachesEnd else { return }
        let group = findOrMakeGroup(table, id)
        if fetched.rows.first?.sub != before { add(to: group, before, nil, lsn: 0) }
        for row in fetched.rows { add(to: group, row.sub, row.image, lsn: row.lsn) }
        if fetched.reachesEnd { group.isHeadKnown = true }
        // Everything between the last row of the page, the lowest one, and the anchor is known now.
        let lowest = fetched.reachesEnd ? nil : fetched.rows.last?.sub
        var position = group.lowerBound(before)
        while group.stepBack(&position) {
            let chunk = group.chunks[position.chunk]
            if let lowest, ByteOrder.compare(chunk.entries[position.index].sub, lowest) < 0 { return }
            chunk.entries[position.index].isNextKnown = true
        }
    }
}

extension RowGroup {
    /// Moves to the entry before; false at the beginning.
    func stepBack(_ position: inout Position) -> Bool {
        if position.chunk < chunks.count, position.index > 0 {
            position.index -= 1
            return true
        }
        guard position.chunk > 0, !chunks.isEmpty else { return false }
        position.chunk = min(position.chunk, chunks.count) - 1
        position.index = chunks[position.chunk].entries.count - 1
        return true
    }
}
