/// The id of a block: sequence, then 8 bits of virtual shard, then 4 zero bits that striped groups would use.
///
/// Always positive: negative ids are reserved. The first one lies just above HDFS's 2^30.
public struct BlockID: Hashable, Comparable, Sendable, CustomStringConvertible {
    public let rawValue: UInt64

    public init(_ rawValue: UInt64) { self.rawValue = rawValue }

    package init(sequence: UInt64, shard: VirtualShard) {
        precondition(sequence < 1 << 50, "block sequence out of range")
        rawValue = sequence << 12 | UInt64(shard.rawValue) << 4
    }

    package var shard: VirtualShard { VirtualShard(UInt8(truncatingIfNeeded: rawValue >> 4)) }
    package var sequence: UInt64 { rawValue >> 12 }
    public static func < (a: Self, b: Self) -> Bool { a.rawValue < b.rawValue }
    public var description: String { "blk_\(rawValue)" }
}
