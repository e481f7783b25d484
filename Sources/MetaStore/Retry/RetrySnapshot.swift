internal import Core

/// The retry cache as it stood when a segment began, kept beside the segments: a start reads answers from it and from the
/// segments since, not from ten minutes of log.
///
/// A file that is missing, damaged or of another epoch costs time only: the answers are all in the log.
struct RetrySnapshot: Sendable {
    static let fileName = "retries"
    private static let magic: UInt64 = 0x5345_4952_5445_5248
    private static let headerBytes = 40
    private static let entryBytesMin = 30

    var epoch: UInt32
    /// The first LSN whose answer is not in `retries`; a segment begins with it.
    var firstLSN: UInt64
    var retries: RetryCache

    /// magic, epoch, firstLSN, entry count, CRC32C of the entries, CRC32C of the header so far, entries.
    func encoded() -> [UInt8] {
        let entries = ByteWriter(capacity: max(4096, retries.count * 64))
        var count: UInt64 = 0
        retries.forEach { client, callID, entry in
            entries.put(client.count)
            entries.put(client.high)
            entries.put(client.low)
            entries.put(callID)
            entries.put(entry.atMs)
            entries.putBytes(entry.answer)
            count += 1
        }
        let writer = ByteWriter(capacity: Self.headerBytes + entries.count)
        writer.put(Self.magic)
        writer.put(epoch)
        writer.put(UInt32(0))
        writer.put(firstLSN)
        writer.put(count)
        writer.put(entries.withBytes { CRC32C.checksum($0) })
        writer.put(writer.withBytes { CRC32C.checksum($0) })
        entries.withBytes { writer.putRaw($0) }
        return writer.array
    }

    init(epoch: UInt32, firstLSN: UInt64, retries: RetryCache) {
        self.epoch = epoch
        self.firstLSN = firstLSN
        self.retries = retries
    }

    /// nil when the bytes are no whole snapshot of this epoch.
    init?(_ bytes: [UInt8], epoch: UInt32) {
        let found = bytes.withUnsafeBytes { bytes in Self.decode(bytes, epoch: epoch) }
        guard let found else { return nil }
        self = found
    }

    private static func decode(_ bytes: UnsafeRawBufferPointer, epoch: UInt32) -> RetrySnapshot? {
        guard bytes.count >= headerBytes else { return nil }
        var header = ByteReader(UnsafeRawBufferPointer(rebasing: bytes[..<headerBytes]))
        guard header.get(UInt64.self) == magic, header.get(UInt32.self) == epoch else { return nil }
        _ = header.get(UInt32.self)
        let firstLSN = header.get(UInt64.self)
        let count = header.get(UInt64.self)
        let entriesCRC = header.get(UInt32.self)
        let body = UnsafeRawBufferPointer(rebasing: bytes[headerBytes...])
        guard CRC32C.checksum(UnsafeRawBufferPointer(rebasing: bytes[..<(headerBytes - 4)])) == header.get(UInt32.self),
            CRC32C.checksum(body) == entriesCRC, count <= UInt64(body.count / entryBytesMin)
        else { return nil }
        var reader = ByteReader(body)
        var retries = RetryCache()
        for _ in 0..<count {
            let length = reader.get(UInt8.self)
            let client = ClientKey(high: reader.get(UInt64.self), low: reader.get(UInt64.self), count: length)
            let callID = reader.get(Int32.self)
            let atMs = reader.get(Int64.self)
            retries.insert(client, callID, reader.getBytes(), atMs: atMs)
        }
        guard !reader.isBroken, reader.isAtEnd else { return nil }
        return RetrySnapshot(epoch: epoch, firstLSN: firstLSN, retries: retries)
    }
}
