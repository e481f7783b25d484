internal import Core

/// A client id of at most 16 bytes, packed so that hashing and comparing it costs nothing much.
struct ClientKey: Hashable, Sendable {
    var high: UInt64 = 0
    var low: UInt64 = 0
    var count: UInt8 = 0

    static let bytesMax = 16

    init(high: UInt64, low: UInt64, count: UInt8) {
        self.high = high
        self.low = low
        self.count = count
    }

    /// Fails on an id that HDFS does not have: clients send 16 bytes.
    init(_ bytes: [UInt8]) throws(HFSError) {
        guard bytes.count <= Self.bytesMax else {
            throw HFSError(.invalidArgument, "client id of \(bytes.count) bytes, at most \(Self.bytesMax) are allowed")
        }
        for (index, byte) in bytes.enumerated() {
            if index < 8 {
                high |= UInt64(byte) << UInt64(56 - 8 * index)
            } else {
                low |= UInt64(byte) << UInt64(120 - 8 * index)
            }
        }
        count = UInt8(bytes.count)
    }
}

extension ClientKey {
    var bytes: [UInt8] {
        var words = (high.bigEndian, low.bigEndian)
        return withUnsafeBytes(of: &words) { Array($0.prefix(Int(count))) }
    }
}
