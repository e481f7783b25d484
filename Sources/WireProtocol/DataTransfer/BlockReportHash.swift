package import Core

/// How datanode and namenode compare what they know of a storage: replicas fall into buckets, a bucket's hash is the
/// wrapping sum over its finalized replicas, so that it can be kept up to date by adding and subtracting.
package enum BlockReportHash {
    /// 0 ..< `Limits.blockReportBuckets`.
    package static func bucket(of block: BlockID) -> Int {
        Int(mix(block.rawValue) % UInt64(Limits.blockReportBuckets))
    }

    /// What one replica adds to its bucket's hash (`&+=`), or takes from it (`&-=`).
    package static func contribution(
        _ block: BlockID, _ generationStamp: GenerationStamp, length: UInt64
    ) -> UInt64 {
        mix(mix(mix(block.rawValue) ^ generationStamp.rawValue) ^ length)
    }

    /// The finaliser of SplitMix64 (Steele, Lea, Flood 2014), after a step of its sequence so that 0 does not stay 0.
    private static func mix(_ value: UInt64) -> UInt64 {
        var z = value &+ 0x9e37_79b9_7f4a_7c15
        z = (z ^ z >> 30) &* 0xbf58_476d_1ce4_e5b9
        z = (z ^ z >> 27) &* 0x94d0_49bb_1331_11eb
        return z ^ z >> 31
    }
}
