package import Core

/// The primary key of a row: table, id, and for tables with many rows an id the rest of the key.
package struct RowKey: Hashable, Sendable {
    package let table: Table
    package let id: UInt64
    /// Empty where the table has one row an id; else the name, index or attribute name, ordered by its bytes.
    package let sub: [UInt8]

    package init(_ table: Table, _ id: UInt64, _ sub: [UInt8] = []) {
        self.table = table
        self.id = id
        self.sub = sub
    }

    /// Where the row lives: the shard its id was born in.
    package var shard: VirtualShard {
        switch table {
        case .block, .inline: BlockID(id).shard
        case .system, .run, .token, .cursor: VirtualShard(0)
        default: InodeID(id).shard
        }
    }
}
