internal import Core
internal import MetaStore

/// `system`, key `moving/<block in hex>`, empty: an inline block that is to become one on datanodes, because somebody asked for
/// several copies of its file. Gone when it is one.
enum MovingRow {
    private static let prefix = "moving/"
    private static let page = 256
    static let image: [UInt8] = []

    static func key(_ block: BlockID) -> RowKey {
        let digits = String(block.rawValue, radix: 16)
        return Keys.system(prefix + String(repeating: "0", count: 16 - digits.count) + digits)
    }

    /// All such blocks, by id.
    static func all(_ view: any MetadataView) throws(PlanInterrupt) -> [BlockID] {
        var found: [BlockID] = []
        var after = Array(prefix.utf8)
        while true {
            let rows = try view.scan(.system, 0, after: after, limit: page)
            for row in rows {
                guard row.sub.starts(with: prefix.utf8) else { return found }
                let digits = String(decoding: row.sub.dropFirst(prefix.utf8.count), as: UTF8.self)
                guard let number = UInt64(digits, radix: 16) else {
                    throw refusal(.corruptMetadata, "A row \(prefix)\(digits) that names no block")
                }
                found.append(BlockID(number))
            }
            guard rows.count == page, let last = rows.last else { return found }
            after = last.sub
        }
    }
}
