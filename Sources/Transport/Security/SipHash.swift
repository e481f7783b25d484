/// SipHash-2-4 with 128 bits of result: a keyed MAC for short messages (Aumasson and Bernstein, "SipHash: a fast short-input
/// PRF", 2012; the longer result as in their reference implementation).
package struct SipHash: Hashable, Sendable {
    package static let keyBytes = 16
    package static let resultBytes = 16

    private let low: UInt64
    private let high: UInt64

    /// - Parameter key: secret, `keyBytes` of them.
    package init(key: [UInt8]) {
        precondition(key.count == Self.keyBytes, "a key of SipHash has 16 bytes")
        (low, high) = key.withUnsafeBytes {
            (
                UInt64(littleEndian: $0.loadUnaligned(as: UInt64.self)),
                UInt64(littleEndian: $0.loadUnaligned(fromByteOffset: 8, as: UInt64.self))
            )
        }
    }

    /// Of `bytes`, `resultBytes` long.
    package func code(_ bytes: [UInt8]) -> [UInt8] {
        var state = State(low, high)
        bytes.withUnsafeBytes { bytes in
            var offset = 0
            while offset + 8 <= bytes.count {
                state.add(UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self)))
                offset += 8
            }
            var last = UInt64(truncatingIfNeeded: bytes.count) << 56
            for place in 0..<bytes.count - offset { last |= UInt64(bytes[offset + place]) << UInt64(8 * place) }
            state.add(last)
        }
        let result = state.finish()
        return [UInt8](unsafeUninitializedCapacity: Self.resultBytes) { memory, count in
            let memory = UnsafeMutableRawBufferPointer(memory)
            memory.storeBytes(of: result.0.littleEndian, as: UInt64.self)
            memory.storeBytes(of: result.1.littleEndian, toByteOffset: 8, as: UInt64.self)
            count = Self.resultBytes
        }
    }

    private struct State {
        var v0: UInt64
        var v1: UInt64
        var v2: UInt64
        var v3: UInt64

        init(_ low: UInt64, _ high: UInt64) {
            v0 = 0x736f_6d65_7073_6575 ^ low
            v1 = 0x646f_7261_6e64_6f6d ^ high ^ 0xee
            v2 = 0x6c79_6765_6e65_7261 ^ low
            v3 = 0x7465_6462_7974_6573 ^ high
        }

        @inline(__always)
        private mutating func round() {
            v0 = v0 &+ v1
            v2 = v2 &+ v3
            v1 = (v1 << 13 | v1 >> 51) ^ v0
            v3 = (v3 << 16 | v3 >> 48) ^ v2
            v0 = v0 << 32 | v0 >> 32
            v2 = v2 &+ v1
            v0 = v0 &+ v3
            v1 = (v1 << 17 | v1 >> 47) ^ v2
            v3 = (v3 << 21 | v3 >> 43) ^ v0
            v2 = v2 << 32 | v2 >> 32
        }

        @inline(__always)
        mutating func add(_ word: UInt64) {
            v3 ^= word
            round()
            round()
            v0 ^= word
        }

        mutating func finish() -> (UInt64, UInt64) {
            v2 ^= 0xee
            for _ in 0..<4 { round() }
            let first = v0 ^ v1 ^ v2 ^ v3
            v1 ^= 0xdd
            for _ in 0..<4 { round() }
            return (first, v0 ^ v1 ^ v2 ^ v3)
        }
    }
}
