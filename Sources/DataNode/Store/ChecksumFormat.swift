internal import Core

/// How a replica's bytes are guarded: which CRC, over chunks of how many bytes. The header of its checksum file.
struct ChecksumFormat: Hashable, Sendable {
    /// HDFS's numbers (`DataChecksum.Type`).
    enum Kind: UInt8, Sendable { case none = 0, crc32 = 1, crc32c = 2 }

    let kind: Kind
    let chunkBytes: Int

    /// Version 1 of HDFS's `BlockMetadataHeader`: u16 version, u8 type, u32 bytes per checksum.
    static let headerBytes = 7
    static let version: UInt16 = 1
    /// A chunk is read whole to be verified, so its size is bounded; clients ask for 512.
    static let chunkBytesMax = 1 << 20

    static let standard = ChecksumFormat(kind: .crc32c, chunkBytes: Limits.checksumChunkBytes)

    /// Bytes of one checksum.
    var sumBytes: Int { kind == .none ? 0 : 4 }

    func chunkCount(_ bytes: UInt64) -> UInt64 { (bytes + UInt64(chunkBytes) - 1) / UInt64(chunkBytes) }

    /// Where the checksum of chunk `index` lies in the checksum file.
    func sumOffset(chunk index: UInt64) -> UInt64 { UInt64(Self.headerBytes) + index * UInt64(sumBytes) }

    /// Bytes of the checksum file of a replica of `length` bytes.
    func fileBytes(_ length: UInt64) -> UInt64 { sumOffset(chunk: chunkCount(length)) }

    var header: [UInt8] {
        let size = UInt32(chunkBytes)
        return [
            UInt8(Self.version >> 8), UInt8(Self.version & 0xff), kind.rawValue, UInt8(size >> 24),
            UInt8(size >> 16 & 0xff),
            UInt8(size >> 8 & 0xff), UInt8(size & 0xff),
        ]
    }

    /// Nil when the bytes are no header that this version understands.
    init?(header bytes: [UInt8]) {
        guard bytes.count >= Self.headerBytes, UInt16(bytes[0]) << 8 | UInt16(bytes[1]) == Self.version,
            let kind = Kind(rawValue: bytes[2])
        else { return nil }
        self.init(
            kind: kind, chunkBytes: Int(bytes[3]) << 24 | Int(bytes[4]) << 16 | Int(bytes[5]) << 8 | Int(bytes[6]))
        guard (1...Self.chunkBytesMax).contains(chunkBytes) else { return nil }
    }

    init(kind: Kind, chunkBytes: Int) {
        self.kind = kind
        self.chunkBytes = chunkBytes
    }

    /// The CRC of `bytes`, going on from the CRC of the bytes before them.
    func checksum(_ bytes: UnsafeRawBufferPointer, continuing crc: UInt32 = 0) -> UInt32 {
        switch kind {
        case .none: 0
        case .crc32: CRC32C.ieee(bytes, continuing: crc)
        case .crc32c: CRC32C.checksum(bytes, continuing: crc)
        }
    }

    /// Index of the first chunk whose big-endian CRC differs; nil when all agree. `sums` holds one for each chunk.
    func firstMismatch(_ data: UnsafeRawBufferPointer, sums: UnsafeRawBufferPointer) -> Int? {
        guard data.count > 0, let base = sums.baseAddress else { return nil }
        switch kind {
        case .none: return nil
        case .crc32c: return CRC32C.firstMismatch(data, sums: base, chunkBytes: chunkBytes)
        case .crc32:
            for (index, start) in stride(from: 0, to: data.count, by: chunkBytes).enumerated() {
                let chunk = UnsafeRawBufferPointer(rebasing: data[start..<min(start + chunkBytes, data.count)])
                if CRC32C.ieee(chunk) != Self.sum(sums, index) { return index }
            }
            return nil
        }
    }

    /// The big-endian CRC number `index` in `sums`.
    static func sum(_ sums: UnsafeRawBufferPointer, _ index: Int) -> UInt32 {
        UInt32(bigEndian: sums.loadUnaligned(fromByteOffset: index * 4, as: UInt32.self))
    }

    static func bytes(_ crc: UInt32) -> [UInt8] {
        [UInt8(crc >> 24), UInt8(crc >> 16 & 0xff), UInt8(crc >> 8 & 0xff), UInt8(crc & 0xff)]
    }
}
