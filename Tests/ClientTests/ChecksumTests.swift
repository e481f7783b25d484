import Core
import Testing
import WireProtocol

@testable import Client

@Suite("Checksums of files")
struct ChecksumTests {
    private func bytes(_ text: String) -> [UInt8] {
        let digits = Array(text)
        return stride(from: 0, to: digits.count, by: 2).map { UInt8(String(digits[$0...($0 + 1)]), radix: 16) ?? 0 }
    }

    @Test("One block: as a real HDFS answers for six bytes")
    func oneBlock() throws {
        let block = BlockChecksum(
            crcType: .checksumCrc32C, bytesPerCRC: 512, crcsPerBlock: 1,
            bytes: bytes("0631cc594ec0589d7bbe76dce1a7953b"),
            blockBytes: 6)
        let sum = try FileChecksumCombiner.combine([block], kind: .md5OfBlocks)
        #expect(sum.description == "MD5-of-0MD5-of-512CRC32C 0000020000000000000000002b559725e23eb93541b0675b41e25ab3")
    }

    @Test("An empty file: as a real HDFS answers")
    func empty() throws {
        let sum = try FileChecksumCombiner.combine([], kind: .md5OfBlocks)
        #expect(sum.description == "MD5-of-0MD5-of-0CRC32 00000000000000000000000070bc8f4b72a86921468bf8e8441dce51")
    }

    @Test("The composite CRC is the CRC of the whole, wherever it is cut", arguments: [1, 2, 3, 4, 5])
    func composite(seed: UInt64) throws {
        var random = seed
        func next(_ bound: Int) -> Int {
            random = random &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int(random >> 33) % bound
        }
        let whole = (0..<10_000).map { _ in UInt8(next(256)) }
        var blocks: [BlockChecksum] = []
        var start = 0
        while start < whole.count {
            let end = min(whole.count, start + 1 + next(3000))
            let crc = CRC32C.checksum(Array(whole[start..<end]))
            blocks.append(
                BlockChecksum(
                    crcType: .checksumCrc32C, bytesPerCRC: 512, crcsPerBlock: 0,
                    bytes: withUnsafeBytes(of: crc.bigEndian) { Array($0) }, blockBytes: UInt64(end - start)))
            start = end
        }
        let sum = try FileChecksumCombiner.combine(blocks, kind: .compositeCRC)
        #expect(sum.algorithm == "COMPOSITE-CRC32C")
        #expect(sum.bytes == withUnsafeBytes(of: CRC32C.checksum(whole).bigEndian) { Array($0) }, "seed \(seed)")
    }

    @Test("Blocks of different kinds make no checksum")
    func mixed() {
        let one = BlockChecksum(
            crcType: .checksumCrc32C, bytesPerCRC: 512, crcsPerBlock: 1, bytes: [0, 0, 0, 0], blockBytes: 1)
        var other = one
        other.crcType = .checksumCrc32
        #expect(throws: HFSError.self) { try FileChecksumCombiner.combine([one, other], kind: .compositeCRC) }
        #expect(throws: HFSError.self) { try FileChecksumCombiner.combine([one], kind: .md5OfBlocks) }
    }
}
