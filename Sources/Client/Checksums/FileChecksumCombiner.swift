import Core
import WireProtocol

/// Makes a file's checksum from those of its blocks, byte for byte as HDFS's `FileChecksumHelper` does.
enum FileChecksumCombiner {
    /// Throws `.remote` when the blocks' checksums cannot be put together.
    static func combine(_ blocks: [BlockChecksum], kind: FileChecksum.Kind) throws(HFSError) -> FileChecksum {
        switch kind {
        case .md5OfBlocks: try md5(blocks)
        case .compositeCRC: try composite(blocks)
        }
    }

    private static func md5(_ blocks: [BlockChecksum]) throws(HFSError) -> FileChecksum {
        let bytesPerCRC = blocks.first?.bytesPerCRC ?? 0
        // A single block's own count is left out, so that its size does not matter.
        let crcsPerBlock = blocks.count > 1 ? blocks.first?.crcsPerBlock ?? 0 : 0
        var sums: [UInt8] = []
        for block in blocks {
            guard block.bytes.count == MD5.byteCount, block.bytesPerCRC == bytesPerCRC else {
                throw HFSError(.remote, "The blocks' checksums have chunks of different sizes")
            }
            sums += block.bytes
        }
        // HDFS digests its whole buffer, whose capacity doubles from 32 bytes.
        var capacity = 32
        while capacity < sums.count { capacity *= 2 }
        sums += [UInt8](repeating: 0, count: capacity - sums.count)
        let bytes = bigEndian(bytesPerCRC) + bigEndian(crcsPerBlock) + MD5.digest(sums)
        return FileChecksum(algorithm: "MD5-of-\(crcsPerBlock)MD5-of-\(bytesPerCRC)\(name(blocks))", bytes: bytes)
    }

    private static func composite(_ blocks: [BlockChecksum]) throws(HFSError) -> FileChecksum {
        let type = blocks.first?.crcType ?? .checksumCrc32C
        var composition = CRCComposition(
            polynomial: type == .checksumCrc32 ? CRCComposition.crc32Polynomial : CRCComposition.crc32cPolynomial)
        for block in blocks {
            guard block.crcType == type, block.bytes.count == 4 else {
                throw HFSError(.remote, "The blocks' checksums are of different kinds")
            }
            composition.append(block.bytes.reduce(0) { $0 << 8 | UInt32($1) }, byteCount: block.blockBytes)
        }
        return FileChecksum(
            algorithm: type == .checksumCrc32 ? "COMPOSITE-CRC32" : "COMPOSITE-CRC32C",
            bytes: bigEndian(composition.crc))
    }

    private static func name(_ blocks: [BlockChecksum]) -> String {
        guard let type = blocks.first?.crcType else { return "CRC32" }
        guard blocks.allSatisfy({ $0.crcType == type }) else { return "MIXED" }
        return switch type {
        case .checksumNull: "NULL"
        case .checksumCrc32: "CRC32"
        case .checksumCrc32C: "CRC32C"
        }
    }

    private static func bigEndian(_ value: some FixedWidthInteger) -> [UInt8] {
        withUnsafeBytes(of: value.bigEndian) { Array($0) }
    }
}
