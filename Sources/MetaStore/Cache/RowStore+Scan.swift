extension RowStore {
    struct Scan {
        var rows: [ScannedRow] = []
        /// True when `rows` is the answer; false when what follows `covered` is not in memory.
        var isWhole = true
        var covered: [UInt8]?
        var tombstones = 0
    }

    /// The rows of a group behind `after`, as far as they are known.
    func scan(_ table: Table, _ id: UInt64, after: [UInt8]?, limit: Int) -> Scan {
        var scan = Scan()
        scan.covered = after
        guard let group = groups[Int(table.rawValue)].find(id)?.pointee else {
            scan.isWhole = isFresh(table, id)
            return scan
        }
        group.isReferenced = true
        var position = RowGroup.Position(chunk: 0, index: 0)
        if let after {
            position = group.lowerBound(after)
            if group.hasEntry(at: position, for: after) { position.index += 1 }
        }
        var isKnown = group.isGapKnown(before: position)
        while position.chunk < group.chunks.count {
            let chunk = group.chunks[position.chunk]
            chunk.isReferenced = true
            for entry in chunk.entries[min(position.index, chunk.entries.count)...] {
                guard isKnown else {
                    scan.isWhole = false
                    return scan
                }
                if let image = entry.image {
                    scan.rows.append(ScannedRow(sub: entry.sub, image: image))
                    if scan.rows.count >= limit { return scan }
                } else {
                    scan.tombstones += 1
                }
                scan.covered = entry.sub
                isKnown = entry.isNextKnown
            }
            position = RowGroup.Position(chunk: position.chunk + 1, index: 0)
        }
        scan.isWhole = isKnown
        return scan
    }

    /// All entries of a group behind `after`, tombstones included: what the planner lays over a published scan.
    func entries(_ table: Table, _ id: UInt64, after: [UInt8]?) -> [RowEntry] {
        guard let group = groups[Int(table.rawValue)].find(id)?.pointee else { return [] }
        return group.chunks.flatMap(\.entries).filter { entry in
            after.map { ByteOrder.compare(entry.sub, $0) > 0 } ?? true
        }
    }
}
