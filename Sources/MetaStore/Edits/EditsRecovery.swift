internal import Core

/// Reads the log at start: checks its chain from where the shards stand, cuts a torn tail, refuses damage.
struct EditsRecovery {
    /// Where the log ends.
    struct End {
        var lsn: UInt64 = 0
        var crc: UInt32 = 0
        /// The segment to go on in; nil when there is none.
        var segment: SegmentFile?
        var position = 0
        var segmentBytes = 0
        var reservation = IDRange.initial
        var segments: [SegmentFile] = []
    }

    let io: any FileIO
    let directory: String
    let clusterID: String
    let epoch: UInt32
    let nowMs: Int64
    /// Answers before this LSN are known.
    let retriesFrom: UInt64?

    /// Calls `visit` for each record above `applied`, and `retry` for the answers that may still be asked for, in LSN order.
    func run(
        applied: UInt64, retry: (EditRecord.Retry, _ timeMs: Int64) -> Void,
        visit: (EditRecord) throws(HFSError) -> Void
    ) throws(HFSError) -> End {
        var end = End()
        var names: [(firstLSN: UInt64, path: String)] = []
        for name in try io.list(directory) {
            let path = "\(directory)/\(name)"
            if let firstLSN = SegmentHeader.firstLSN(ofName: name) {
                names.append((firstLSN, path))
            } else if name.hasPrefix(SegmentKeeper.preparedPrefix) {
                try io.remove(path)
            }
        }
        guard let oldest = names.first else {
            guard applied == 0 else {
                throw HFSError(
                    .corruptMetadata, "the shards have applied LSN \(applied) but there are no edits",
                    subject: directory)
            }
            return end
        }
        guard oldest.firstLSN <= applied + 1 else {
            throw HFSError(
                .corruptMetadata, "edits \(applied + 1) to \(oldest.firstLSN - 1) are missing", subject: directory)
        }
        let start = try firstSegment(names, applied: applied)
        var chain: SegmentImage.Chain?
        var walked: [SegmentFile] = []
        for index in start..<names.count {
            let image = try SegmentImage(names[index].path, io: io)
            guard let header = image.header else {
                try dropUnfinished(image, names, index, chain: chain)
                break
            }
            try check(header, names[index], chain: chain)
            end.reservation = header.reservation
            let first = SegmentImage.Chain(
                position: SegmentHeader.bytes, lsn: header.firstLSN - 1, crc: header.previousCRC)
            let next = index + 1 < names.count ? names[index + 1] : nil
            let isLast = if let next { try self.header(of: next.path) == nil } else { true }
            if isLast { try secure(image, from: first, next: next?.firstLSN) }
            let reached = try image.walk(from: first) { record, position throws(HFSError) in
                guard record.epoch <= epoch else {
                    throw HFSError(
                        .corruptMetadata, "record \(record.lsn) is of epoch \(record.epoch), newer than \(epoch)",
                        subject: image.path)
                }
                let head = try EditRecordCodec.decodeHead(record, in: image.bytes, at: position)
                if let reservation = head.reservation { end.reservation = reservation }
                if let answer = head.retry, record.lsn >= retriesFrom ?? 0 { retry(answer, head.timeMs) }
                if record.lsn > applied { try visit(try EditRecordCodec.decode(record, in: image.bytes, at: position)) }
            }
            if !isLast { try checkEnd(image, reached, next: next?.firstLSN) }
            let segment = SegmentFile(
                path: image.path, firstLSN: header.firstLSN, createdMs: header.createdMs,
                smallFileBytes: header.smallFileBytes)
            walked.append(segment)
            end.segment = segment
            end.position = reached.position
            end.segmentBytes = image.bytes.count
            chain = reached
        }
        end.lsn = chain?.lsn ?? 0
        end.crc = chain?.crc ?? 0
        end.segments = earlier(names[..<start]) + walked
        return end
    }

    /// The segment from which to read: the one that holds the first record some shard lacks, or an earlier one whose answers
    /// may still be asked for.
    private func firstSegment(
        _ names: [(firstLSN: UInt64, path: String)], applied: UInt64
    ) throws(HFSError) -> Int {
        var index = names.lastIndex { $0.firstLSN <= applied + 1 } ?? 0
        if let retriesFrom, let first = names.firstIndex(where: { $0.firstLSN == retriesFrom }) {
            return try whole(names, upTo: min(index, first))
        }
        let newest = names.last?.firstLSN ?? 0
        while index > 0, newest - names[index].firstLSN < UInt64(Limits.retryEntriesMax) {
            guard let header = try header(of: names[index].path) else { break }
            // All records of the segment before were written before this one was made.
            guard header.createdMs + Limits.retryEntryLifetimeMs > nowMs else { break }
            index -= 1
        }
        return try whole(names, upTo: index)
    }

    /// The last segment with a header: one that was just begun may have none yet, and the chain is known from the one before.
    private func whole(_ names: [(firstLSN: UInt64, path: String)], upTo last: Int) throws(HFSError) -> Int {
        var index = last
        while index > 0, try header(of: names[index].path) == nil { index -= 1 }
        return index
    }

    private func header(of path: String) throws(HFSError) -> SegmentHeader? { try SegmentHeader.read(path, io: io) }

    private func check(
        _ header: SegmentHeader, _ name: (firstLSN: UInt64, path: String), chain: SegmentImage.Chain?
    ) throws(HFSError) {
        guard header.clusterID == clusterID else {
            throw HFSError(
                .wrongCluster, "the edits are of cluster \(header.clusterID), expected \(clusterID)", subject: name.path
            )
        }
        guard header.firstLSN == name.firstLSN else {
            throw HFSError(
                .corruptMetadata, "the segment begins at LSN \(header.firstLSN), its name says \(name.firstLSN)",
                subject: name.path)
        }
        guard let chain else { return }
        guard header.firstLSN == chain.lsn + 1, header.previousCRC == chain.crc else {
            throw HFSError(
                .corruptMetadata,
                "the segment does not continue record \(chain.lsn): one before it is damaged or missing",
                subject: name.path)
        }
    }

    /// Makes the last segment's tail durable, before anything of it is applied, served or answered, and cuts what is torn.
    ///
    /// What was read may be in memory only: the process ended before its sync, or the sync failed and left pages that the
    /// kernel takes for clean. So the records of the last batch are written again; the ones before were synced.
    private func secure(_ image: SegmentImage, from first: SegmentImage.Chain, next: UInt64?) throws(HFSError) {
        var durable: UInt64?
        var start = 0
        let reached = try image.walk(from: first) { record, position throws(HFSError) in
            guard record.durable != durable else { return }
            if durable != nil { start = position }
            durable = record.durable
        }
        try checkEnd(image, reached, next: next)
        let file = try io.open(image.path, .readWrite)
        defer { file.close() }
        try file.write(UnsafeRawBufferPointer(rebasing: image.bytes[start..<reached.position]), at: UInt64(start))
        let dirty = image.endOfData(from: reached.position)
        if dirty > reached.position {
            let zeros = UnsafeMutableRawBufferPointer.allocate(byteCount: dirty - reached.position, alignment: 16)
            defer { zeros.deallocate() }
            zeros.initializeMemory(as: UInt8.self, repeating: 0)
            try file.write(UnsafeRawBufferPointer(zeros), at: UInt64(reached.position))
        }
        try file.sync()
        try io.syncDirectory(directory)
    }

    /// The end of a segment's chain: where the next segment goes on, or a tail that was never acknowledged.
    private func checkEnd(_ image: SegmentImage, _ reached: SegmentImage.Chain, next: UInt64?) throws(HFSError) {
        if next == reached.lsn + 1 { return }
        if let proof = image.proofOfDamage(from: reached.position, missing: reached.lsn + 1) {
            throw HFSError(
                .corruptMetadata,
                "record \(reached.lsn + 1) at offset \(reached.position) is damaged: a later one is whole at offset \(proof)",
                subject: image.path)
        }
        if let next {
            throw HFSError(
                .corruptMetadata, "the segment ends at record \(reached.lsn), the next begins at \(next)",
                subject: image.path)
        }
    }

    /// A segment without a header: the last one, when the process ended while it was begun. Anything else is damage.
    private func dropUnfinished(
        _ image: SegmentImage, _ names: [(firstLSN: UInt64, path: String)], _ index: Int, chain: SegmentImage.Chain?
    ) throws(HFSError) {
        let firstLSN = names[index].firstLSN
        let proof = image.proofOfDamage(from: SegmentHeader.bytes, missing: firstLSN)
        guard index == names.count - 1, proof == nil, chain.map({ $0.lsn + 1 == firstLSN }) ?? (firstLSN == 1) else {
            throw HFSError(.corruptMetadata, "the segment's header is damaged", subject: image.path)
        }
        try io.remove(image.path)
        try io.syncDirectory(directory)
    }

    /// Segments that need not be read: when they were made is looked up when it matters.
    private func earlier(_ names: ArraySlice<(firstLSN: UInt64, path: String)>) -> [SegmentFile] {
        names.map { SegmentFile(path: $0.path, firstLSN: $0.firstLSN, createdMs: 0, smallFileBytes: 0) }
    }
}
