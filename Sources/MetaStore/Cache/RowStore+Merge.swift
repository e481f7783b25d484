internal import Core

extension RowStore {
    /// Takes in what a shard held. What memory knows already is newer or the same, and wins: a row changed behind the
    /// fetched snapshot is still here, because the caller refuses a snapshot older than anything evicted since.
    func merge(_ fetched: FetchedRows) throws(HFSError) {
        switch fetched.request {
        case .row(let key) where key.table == .counter: try mergeCounter(key.id, fetched.rows.first)
        case .row(let key) where key.table.hasSub: mergeRow(key, fetched.rows.first)
        case .row(let key): mergeSingle(key, fetched.rows.first)
        case .scan(let table, let id, let after, _): mergeScan(table, id, after, fetched)
        case .scanBack(let table, let id, let before, _): mergeScanBack(table, id, before, fetched)
        }
    }

    private func mergeCounter(_ directory: UInt64, _ row: FetchedRows.Row?) throws(HFSError) {
        guard counters.find(directory) == nil, !isFresh(.counter, directory) else { return }
        let counter = try row.map { row throws(HFSError) in try Counter(image: row.image) } ?? Counter()
        setCounter(directory, counter, lsn: row?.lsn ?? 0)
    }

    private func mergeSingle(_ key: RowKey, _ row: FetchedRows.Row?) {
        guard singles[Int(key.table.rawValue)].find(key.id) == nil, !isFresh(key.table, key.id) else { return }
        apply(key.table, key.id, key.sub, row?.image, lsn: row?.lsn ?? 0)
    }

    private func mergeRow(_ key: RowKey, _ row: FetchedRows.Row?) {
        add(to: findOrMakeGroup(key.table, key.id), key.sub, row?.image, lsn: row?.lsn ?? 0)
    }

    private func mergeScan(_ table: Table, _ id: UInt64, _ after: [UInt8]?, _ fetched: FetchedRows) {
        guard !fetched.rows.isEmpty || fetched.reachesEnd else { return }
        let group = findOrMakeGroup(table, id)
        // The page begins with the row at `after`, or there is none.
        if let after, fetched.rows.first?.sub != after { add(to: group, after, nil, lsn: 0) }
        for row in fetched.rows { add(to: group, row.sub, row.image, lsn: row.lsn) }
        if after == nil { group.isHeadKnown = true }
        // Everything between the anchor and the last row of the page is known now.
        let last = fetched.reachesEnd ? nil : fetched.rows.last?.sub
        var position = after.map { group.lowerBound($0) } ?? RowGroup.Position(chunk: 0, index: 0)
        while position.chunk < group.chunks.count {
            let chunk = group.chunks[position.chunk]
            for index in position.index..<max(position.index, chunk.entries.count) {
                if let last, ByteOrder.compare(chunk.entries[index].sub, last) >= 0 { return }
                chunk.entries[index].isNextKnown = true
            }
            position = RowGroup.Position(chunk: position.chunk + 1, index: 0)
        }
    }

    /// Adds an entry that memory does not know.
    func add(to group: RowGroup, _ sub: [UInt8], _ image: [UInt8]?, lsn: UInt64) {
        let position = group.lowerBound(sub)
        guard !group.hasEntry(at: position, for: sub), !group.isGapKnown(before: position) else { return }
        bytes += RowEntry(sub: sub, image: image, lsn: lsn, isNextKnown: false).bytes
        group.insert(sub, image, lsn: lsn, at: position)
    }
}
