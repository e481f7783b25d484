package import Core

/// Reads segments of the edits log: for `hfs debug edits`. Read-only, takes no lock, tolerates damage: it says where a chain
/// ends and goes on behind it.
package struct EditsInspector {
    package struct Segment: Sendable {
        package var path: String
        package var firstLSN: LSN
        /// nil when the header is damaged or not written yet.
        package var clusterID: String?
        package var createdMs: Int64
    }

    package enum Item: Sendable {
        case record(EditRecord, offset: Int, bytes: Int)
        /// No whole record that continues the chain lies at `offset`; the next whole one lies at `next`.
        case gap(offset: Int, next: Int?)
    }

    package let directory: String
    private let io: any FileIO

    package init(directory: String, io: any FileIO = SystemFileIO()) {
        self.directory = directory
        self.io = io
    }

    package func segments() throws(HFSError) -> [Segment] {
        var found: [Segment] = []
        for name in try io.list(directory) {
            guard let firstLSN = SegmentHeader.firstLSN(ofName: name) else { continue }
            let path = "\(directory)/\(name)"
            let header = try SegmentImage(path, io: io).header
            found.append(
                Segment(
                    path: path, firstLSN: LSN(firstLSN), clusterID: header?.clusterID, createdMs: header?.createdMs ?? 0
                ))
        }
        return found
    }

    /// Calls `body` for what a segment holds, in order, until it answers false.
    package func records(of segment: Segment, _ body: (Item) -> Bool) throws(HFSError) {
        let image = try SegmentImage(segment.path, io: io)
        var position = SegmentHeader.bytes
        var chain = image.header.map { (lsn: $0.firstLSN - 1, crc: $0.previousCRC) }
        while let offset = image.proofOfDamage(from: position, missing: 0) {
            guard let record = EditRecordCodec.header(in: image.bytes, at: offset) else { return }
            let continues = chain.map { $0.lsn + 1 == record.lsn && $0.crc == record.previousCRC } ?? true
            if offset != position || !continues, !body(.gap(offset: position, next: offset)) { return }
            let decoded = try EditRecordCodec.decode(record, in: image.bytes, at: offset)
            guard body(.record(decoded, offset: offset, bytes: record.paddedBytes)) else { return }
            chain = (record.lsn, record.crc)
            position = offset + record.paddedBytes
        }
        if image.endOfData(from: position) > position { _ = body(.gap(offset: position, next: nil)) }
    }
}
