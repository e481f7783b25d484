/// The id of a file or directory: 56 bits of sequence above 8 bits of virtual shard (docs/ARCHITECTURE.md, "Shard by birth").
///
/// Ids are handed out once and never reused. The root is 16385, as in HDFS.
public struct InodeID: Hashable, Comparable, Sendable, CustomStringConvertible {
    public let rawValue: UInt64

    public init(_ rawValue: UInt64) { self.rawValue = rawValue }

    /// The id with the given sequence number in `shard`.
    package init(sequence: UInt64, shard: VirtualShard) {
        precondition(sequence < 1 << 55, "inode sequence out of range")
        rawValue = sequence << 8 | UInt64(shard.rawValue)
    }

    /// HDFS's first inode id: sequence 64 in virtual shard 1.
    public static let root = InodeID(16385)

    package var shard: VirtualShard { VirtualShard(UInt8(truncatingIfNeeded: rawValue)) }
    package var sequence: UInt64 { rawValue >> 8 }
    public static func < (a: Self, b: Self) -> Bool { a.rawValue < b.rawValue }
    public var description: String { String(rawValue) }
}
