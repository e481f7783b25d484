extension RowStore {
    struct Scan {
        var rows: [ScannedRow] = []
        var end = Walk()

        /// True when `rows` is the answer; false when what follows `covered` is not in memory.
        var isWhole: Bool { end.isWhole }
        var covered: [UInt8]? { end.covered }
    }

    /// How a walk over a group ended.
    struct Walk {
        var count = 0
        /// False when what follows `covered` is not in memory.
        var isWhole = true
        var covered: [UInt8]?
        var tombstones = 0
    }

    /// The rows of a group behind `after`, as far as they are known.
    func scan(_ table: Table, _ id: UInt64, after: [UInt8]?, limit: Int) -> Scan {
        var scan = Scan()
        scan.end = walk(table, id, after: after, limit: limit) { entry in
            guard let image = entry.pointee.image else { return }
            scan.rows.append(ScannedRow(sub: entry.pointee.sub, image: image))
        }
        return scan
    }

    /// Passes the entries of the rows behind `after` to `body`, as far as they are known, at most `limit`. `body` may look up
    /// other rows, not change any.
    func walk<E: Error>(
        _ table: Table, _ id: UInt64, after: [UInt8]?, limit: Int, _ body: (UnsafePointer<RowEntry>) throws(E) -> Void
    ) throws(E) -> Walk {
        var walk = Walk()
        walk.covered = after
        guard let group = groups[Int(table.rawValue)].find(id)?.pointee else {
            walk.isWhole = isFresh(table, id)
            return walk
        }
        group.isReferenced = true
        var position = RowGroup.Position(chunk: 0, index: 0)
        if let after {
            position = group.lowerBound(after)
            if group.hasEntry(at: position, for: after) { position.index += 1 }
        }
        walk.isWhole = group.isGapKnown(before: position)
        var index = position.index
        for chunk in group.chunks[min(position.chunk, group.chunks.count)...] {
            chunk.isReferenced = true
            try chunk.entries.withUnsafeBufferPointer { entries throws(E) in
                guard let base = entries.baseAddress else { return }
                try Self.walk(base, index, entries.count, limit: limit, &walk, body)
            }
            index = 0
            guard walk.isWhole, walk.count < limit else { break }
        }
        return walk
    }

    /// One chunk's entries from `index` on.
    @inline(__always)
    private static func walk<E: Error>(
        _ entries: UnsafePointer<RowEntry>, _ start: Int, _ count: Int, limit: Int, _ walk: inout Walk,
        _ body: (UnsafePointer<RowEntry>) throws(E) -> Void
    ) throws(E) {
        var index = start
        while index < count, walk.isWhole {
            if entries[index].imageBytes != nil {
                try body(entries + index)
                walk.count += 1
                if walk.count >= limit { return }
            } else {
                walk.tombstones += 1
            }
            walk.isWhole = entries[index].isNextKnown
            index += 1
        }
        if index > start { walk.covered = entries[index - 1].sub }
    }

    /// All entries of a group behind `after`, tombstones included: what the planner lays over a published scan.
    func entries(_ table: Table, _ id: UInt64, after: [UInt8]?) -> [RowEntry] {
        guard let group = groups[Int(table.rawValue)].find(id)?.pointee else { return [] }
        return group.chunks.flatMap(\.entries).filter { entry in
            after.map { ByteOrder.compare(entry.sub, $0) > 0 } ?? true
        }
    }
}
