import CChecksum
import Testing

@testable import Core

@Suite("CRC-32C")
struct CRC32CTests {
    static let known: [([UInt8], UInt32)] = [
        ([], 0),
        (Array("123456789".utf8), 0xE306_9283),
        // RFC 3720, appendix B.4.
        ([UInt8](repeating: 0, count: 32), 0x8A91_36AA),
        ([UInt8](repeating: 0xFF, count: 32), 0x62A8_AB43),
        (Array(0..<32), 0x46DD_794E),
        (Array((0..<32).reversed()), 0x113F_DB5C),
    ]

    @Test("known vectors come out", arguments: known)
    func vectors(_ bytes: [UInt8], _ sum: UInt32) {
        #expect(CRC32C.checksum(bytes) == sum)
        #expect(bytes.withUnsafeBytes { hfs_crc32c_portable(0, $0.baseAddress, $0.count) } == sum)
    }

    @Test("the IEEE polynomial gives its own vector")
    func ieee() {
        #expect(Array("123456789".utf8).withUnsafeBytes { CRC32C.ieee($0) } == 0xCBF4_3926)
    }

    @Test(
        "the instruction and the table agree on any length, alignment and split", arguments: [1, 7, 2026] as [UInt64])
    func hardwareEqualsPortable(seed: UInt64) {
        var random = SplitMix(seed: seed)
        for _ in 0..<300 {
            let bytes = random.bytes(Int(random.next() % 5000))
            let start = bytes.isEmpty ? 0 : Int(random.next() % UInt64(bytes.count))
            let split = start + (bytes.count == start ? 0 : Int(random.next() % UInt64(bytes.count - start)))
            bytes.withUnsafeBytes { all in
                let part = UnsafeRawBufferPointer(rebasing: all[start...])
                let portable = hfs_crc32c_portable(0, part.baseAddress, part.count)
                #expect(CRC32C.checksum(part) == portable, "seed \(seed)")
                let first = CRC32C.checksum(UnsafeRawBufferPointer(rebasing: all[start..<split]))
                #expect(CRC32C.checksum(UnsafeRawBufferPointer(rebasing: all[split...]), continuing: first) == portable)
            }
        }
    }

    @Test(
        "chunk sums are one big-endian CRC a chunk, and a flipped bit is found in its chunk",
        arguments: [3, 99] as [UInt64])
    func chunks(seed: UInt64) {
        var random = SplitMix(seed: seed)
        for chunk in [8, 512, 500] {
            for _ in 0..<40 {
                var data = random.bytes(1 + Int(random.next() % 9000))
                let count = (data.count + chunk - 1) / chunk
                var sums = [UInt8](repeating: 0, count: count * 4)
                sums.withUnsafeMutableBytes { out in
                    guard let base = out.baseAddress else { return }
                    data.withUnsafeBytes { CRC32C.fill(base, for: $0, chunkBytes: chunk) }
                }
                for index in 0..<count {
                    let part = Array(data[(index * chunk)..<min((index + 1) * chunk, data.count)])
                    let sum = sums[(4 * index)..<(4 * index + 4)].reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
                    #expect(sum == CRC32C.checksum(part), "seed \(seed)")
                }
                #expect(Self.mismatch(data, sums, chunk) == nil)
                let bit = Int(random.next() % UInt64(data.count * 8))
                data[bit / 8] ^= 1 << UInt8(bit % 8)
                #expect(Self.mismatch(data, sums, chunk) == bit / 8 / chunk, "seed \(seed)")
            }
        }
    }

    static func mismatch(_ data: [UInt8], _ sums: [UInt8], _ chunk: Int) -> Int? {
        data.withUnsafeBytes { data in
            sums.withUnsafeBytes { sums in
                sums.baseAddress.flatMap { CRC32C.firstMismatch(data, sums: $0, chunkBytes: chunk) }
            }
        }
    }
}
