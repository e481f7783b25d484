internal import Core

/// The first 4 KiB of a segment: which namespace and which part of the log it holds.
struct SegmentHeader: Hashable, Sendable {
    static let bytes = 4096
    private static let magic: UInt64 = 0x5354_4944_4553_4648
    static let layoutVersion: UInt32 = 2

    var clusterID: String
    var epoch: UInt32
    var firstLSN: UInt64
    /// CRC of the last record before this segment; 0 for the first segment.
    var previousCRC: UInt32 = 0
    var createdMs: Int64
    /// Ids below these may have been handed out before this segment.
    var reservation: IDRange
    /// About: bytes of small files in all segments before this one.
    var smallFileBytes: UInt64 = 0

    /// Segments are named by their first LSN, so that their order is that of their names.
    static func name(firstLSN: UInt64) -> String {
        let digits = String(firstLSN, radix: 16)
        return "edits-" + String(repeating: "0", count: 16 - digits.count) + digits
    }

    static func firstLSN(ofName name: String) -> UInt64? {
        guard name.hasPrefix("edits-"), name.utf8.count == 22 else { return nil }
        return UInt64(name.dropFirst(6), radix: 16)
    }

    func encoded() -> ByteWriter {
        let writer = ByteWriter(capacity: Self.bytes)
        writer.put(Self.magic)
        writer.put(Self.layoutVersion)
        writer.put(epoch)
        writer.put(firstLSN)
        writer.put(createdMs)
        writer.put(previousCRC)
        reservation.encode(into: writer)
        writer.putString(clusterID)
        // Zero in segments of before it was counted.
        writer.put(smallFileBytes)
        writer.putZeros(Self.bytes - 4 - writer.count)
        writer.put(writer.withBytes { CRC32C.checksum($0) })
        return writer
    }

    /// nil when the bytes are no whole header. Throws for one of another layout.
    static func decode(_ bytes: UnsafeRawBufferPointer, path: String) throws(HFSError) -> SegmentHeader? {
        guard bytes.count >= Self.bytes else { return nil }
        var reader = ByteReader(UnsafeRawBufferPointer(rebasing: bytes[..<Self.bytes]))
        guard reader.get(UInt64.self) == magic else { return nil }
        let layout = reader.get(UInt32.self)
        guard layout == layoutVersion else {
            throw HFSError(
                .incompatibleLayout,
                "the edits segment has layout \(layout), this version reads layout \(layoutVersion) only", subject: path
            )
        }
        let body = UnsafeRawBufferPointer(rebasing: bytes[..<(Self.bytes - 4)])
        let crc = UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: Self.bytes - 4, as: UInt32.self))
        guard CRC32C.checksum(body) == crc else { return nil }
        let epoch = reader.get(UInt32.self)
        let firstLSN = reader.get(UInt64.self)
        let createdMs = reader.get(Int64.self)
        let previousCRC = reader.get(UInt32.self)
        let reservation = IDRange(from: &reader)
        let header = SegmentHeader(
            clusterID: reader.getString(), epoch: epoch, firstLSN: firstLSN, previousCRC: previousCRC,
            createdMs: createdMs, reservation: reservation, smallFileBytes: reader.get(UInt64.self))
        return reader.isBroken ? nil : header
    }

    /// The header of a segment file; nil when it has no whole one. Throws for one of another layout.
    static func read(_ path: String, io: any FileIO) throws(HFSError) -> SegmentHeader? {
        let file = try io.open(path, .readOnly)
        defer { file.close() }
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: bytes, alignment: 16)
        defer { buffer.deallocate() }
        let count = try file.read(into: buffer, at: 0)
        return try decode(UnsafeRawBufferPointer(rebasing: buffer[..<count]), path: path)
    }
}
