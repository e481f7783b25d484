internal import Core
internal import MetaStore

/// `system`, key `moving/<block in hex>`: an inline block that is to become one on datanodes, because somebody asked for several
/// copies of its file. Gone when it is one, and when nobody asks for them any more.
struct MovingRow: Hashable, Sendable, StoredRow {
    private static let prefix = "moving/"
    private static let page = 256

    var block: BlockID
    /// Of the replicas that are made for this wish, and only of them: none that is older, or that somebody else wrote, has it. It
    /// is the block's once they have taken the place of the namenode's bytes.
    var stamp: GenerationStamp

    init(_ block: BlockID, _ stamp: GenerationStamp) {
        self.block = block
        self.stamp = stamp
    }

    init(decoding image: UnsafeRawBufferPointer) throws(HFSError) {
        var reader = try RowReader(image, table: "moving", newest: 1)
        block = BlockID(try reader.unsigned())
        stamp = GenerationStamp(try reader.unsigned())
    }

    var image: [UInt8] {
        var writer = RowWriter(version: 1, capacity: 20)
        writer.unsigned(block.rawValue)
        writer.unsigned(stamp.rawValue)
        return writer.bytes
    }

    static func key(_ block: BlockID) -> RowKey {
        let digits = String(block.rawValue, radix: 16)
        return Keys.system(prefix + String(repeating: "0", count: 16 - digits.count) + digits)
    }

    /// The wish for a block, if there is one.
    static func of(_ block: BlockID, _ view: any MetadataView) throws(PlanInterrupt) -> MovingRow? {
        guard let image = try view.row(key(block)), !image.isEmpty else { return nil }
        return try refusing { () throws(HFSError) in try MovingRow(image: image) }
    }

    /// All such blocks, by id. A row without a stamp is of a version that gave none: it waits for the next `setReplication`.
    static func all(_ view: any MetadataView) throws(PlanInterrupt) -> [MovingRow] {
        var found: [MovingRow] = []
        var after = Array(prefix.utf8)
        while true {
            let rows = try view.scan(.system, 0, after: after, limit: page)
            for row in rows {
                guard row.sub.starts(with: prefix.utf8) else { return found }
                guard !row.image.isEmpty else { continue }
                found.append(try refusing { () throws(HFSError) in try MovingRow(image: row.image) })
            }
            guard rows.count == page, let last = rows.last else { return found }
            after = last.sub
        }
    }
}
