import Core

/// What a rank is about to do, compared with its neighbour's before any value is: 64 bytes.
struct RingHeader: Hashable {
    /// How many calls there were before.
    var sequence: UInt64
    /// `mean of 1000 Float`.
    var call: String

    static let byteCount = 64
    private static let magic: [UInt8] = Array("hfsring1".utf8)

    var bytes: [UInt8] {
        var bytes = Self.magic
        for shift in stride(from: 0, to: 64, by: 8) {
            bytes.append(UInt8(truncatingIfNeeded: sequence >> UInt64(shift)))
        }
        bytes += Array(call.utf8.prefix(Self.byteCount - bytes.count))
        return bytes + [UInt8](repeating: 0, count: Self.byteCount - bytes.count)
    }

    init(sequence: UInt64, call: String) {
        self.sequence = sequence
        self.call = call
    }

    /// `.malformedRequest` for what no rank sends.
    init(_ bytes: [UInt8]) throws(HFSError) {
        guard bytes.count == Self.byteCount, bytes.starts(with: Self.magic) else {
            throw HFSError(.malformedRequest, "What a worker received is no beginning of a call")
        }
        var sequence: UInt64 = 0
        for byte in bytes[8..<16].reversed() { sequence = sequence << 8 | UInt64(byte) }
        self.sequence = sequence
        call = String(decoding: bytes[16...].prefix { $0 != 0 }, as: UTF8.self)
    }
}
