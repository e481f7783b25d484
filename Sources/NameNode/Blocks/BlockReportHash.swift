internal import Core

enum BlockReportHash {
    static func bucket(of block: BlockID) -> Int { Int(mix(block.rawValue) & UInt64(Limits.blockReportBuckets - 1)) }

    static func contribution(_ block: BlockID, _ stamp: GenerationStamp, length: UInt64) -> UInt64 {
        mix(mix(mix(block.rawValue) ^ stamp.rawValue) ^ length)
    }

    private static func mix(_ value: UInt64) -> UInt64 {
        var z = value &+ 0x9E37_79B9_7F4A_7C15
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}
