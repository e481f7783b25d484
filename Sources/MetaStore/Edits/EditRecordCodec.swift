internal import Core

/// The bytes of an edits record.
///
///     0   u32  magic
///     4   u32  bytes of the body
///     8   u64  LSN
///     16  u64  newest LSN that was durable before the batch of this record was written
///     24  u32  namespace epoch
///     28  u32  CRC of the previous record (of the segment header's `previousCRC` for the first)
///     32  u32  CRC32C of bytes 0..<32 and the body
///     36  body, then zeros up to a multiple of 8
///
/// `durable` tells damage from a torn batch: power loss may keep later pages of an unsynced batch and lose earlier ones, so a
/// valid record behind a bad one proves damage only when it was written after the bad one's batch had been synced.
enum EditRecordCodec {
    static let magic: UInt32 = 0x5246_4548
    static let headerBytes = 36
    static let alignment = 8
    /// Bytes of one body: a mutation is small; what is larger is refused before it is logged.
    static let bodyBytesMax = 8 << 20

    static let hasRetry: UInt8 = 1
    static let hasReservation: UInt8 = 2

    struct Header {
        var bodyBytes: Int
        var lsn: UInt64
        var durable: UInt64
        var epoch: UInt32
        var previousCRC: UInt32
        var crc: UInt32

        var paddedBytes: Int { EditRecordCodec.padded(EditRecordCodec.headerBytes + bodyBytes) }
    }

    static func padded(_ count: Int) -> Int { (count + alignment - 1) & ~(alignment - 1) }

    /// Appends a record but for `durable`, `previousCRC` and `crc`, which `seal` sets when its batch is written.
    static func append(
        to writer: ByteWriter, lsn: UInt64, epoch: UInt32, timeMs: Int64, origin: EditOrigin, mutation: Mutation,
        retry: (client: ClientKey, callID: Int32, answer: [UInt8])?, reservation: IDRange?
    ) {
        let start = writer.count
        writer.put(magic)
        writer.put(UInt32(0))
        writer.put(lsn)
        writer.put(UInt64(0))
        writer.put(epoch)
        writer.put(UInt64(0))
        writer.put((retry == nil ? 0 : hasRetry) | (reservation == nil ? 0 : hasReservation))
        writer.put(timeMs)
        writer.putString(origin.user)
        writer.putString(origin.callerContext)
        writer.putString(origin.address)
        writer.putVarint(origin.run?.rawValue ?? 0)
        if let retry {
            writer.put(retry.client.count)
            writer.put(retry.client.high)
            writer.put(retry.client.low)
            writer.put(retry.callID)
            writer.putBytes(retry.answer)
        }
        if let reservation { reservation.encode(into: writer) }
        append(mutation, to: writer)
        let bodyBytes = writer.count - start - headerBytes
        writer.set(UInt32(truncatingIfNeeded: bodyBytes), at: start + 4)
        writer.putZeros(padded(writer.count - start) - (writer.count - start))
    }

    private static func append(_ mutation: Mutation, to writer: ByteWriter) {
        writer.putVarint(UInt64(mutation.rows.count))
        for row in mutation.rows {
            switch row {
            case .put(let key, let image):
                writer.put(key.table.rawValue)
                writer.put(key.id)
                writer.putBytes(key.sub)
                writer.putBytes(image)
            case .delete(let key):
                writer.put(key.table.rawValue | 0x80)
                writer.put(key.id)
                writer.putBytes(key.sub)
            }
        }
        writer.putVarint(UInt64(mutation.counters.count))
        for (directory, delta) in mutation.counters {
            writer.put(directory)
            delta.encode(into: writer)
        }
        writer.putVarint(UInt64(mutation.events.count))
        for event in mutation.events { event.encode(into: writer) }
    }

    /// Completes the record at `offset` and returns its CRC.
    static func seal(_ writer: ByteWriter, at offset: Int, durable: UInt64, previousCRC: UInt32) -> UInt32 {
        writer.set(durable, at: offset + 16)
        writer.set(previousCRC, at: offset + 28)
        let bodyBytes = Int(
            UInt32(littleEndian: writer.base.loadUnaligned(fromByteOffset: offset + 4, as: UInt32.self)))
        let crc = checksum(UnsafeRawPointer(writer.base) + offset, bodyBytes: bodyBytes)
        writer.set(crc, at: offset + 32)
        return crc
    }

    private static func checksum(_ start: UnsafeRawPointer, bodyBytes: Int) -> UInt32 {
        let head = CRC32C.checksum(UnsafeRawBufferPointer(start: start, count: 32))
        return CRC32C.checksum(UnsafeRawBufferPointer(start: start + headerBytes, count: bodyBytes), continuing: head)
    }

    /// The header of a whole and undamaged record at `offset`; nil when there is none.
    static func header(in bytes: UnsafeRawBufferPointer, at offset: Int) -> Header? {
        guard bytes.count - offset >= headerBytes,
            UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: UInt32.self)) == magic
        else { return nil }
        var reader = ByteReader(UnsafeRawBufferPointer(rebasing: bytes[(offset + 4)..<(offset + headerBytes)]))
        let bodyBytes = Int(reader.get(UInt32.self))
        let header = Header(
            bodyBytes: bodyBytes, lsn: reader.get(UInt64.self), durable: reader.get(UInt64.self),
            epoch: reader.get(UInt32.self), previousCRC: reader.get(UInt32.self), crc: reader.get(UInt32.self))
        guard bodyBytes <= bodyBytesMax, bytes.count - offset - headerBytes >= bodyBytes,
            checksum(UnsafeRawPointer(bytes.baseAddress.unsafelyUnwrapped) + offset, bodyBytes: bodyBytes) == header.crc
        else { return nil }
        return header
    }

    /// Decodes the body behind a header that was found whole.
    static func decode(_ header: Header, in bytes: UnsafeRawBufferPointer, at offset: Int) throws(HFSError)
        -> EditRecord
    {
        let start = offset + headerBytes
        var reader = ByteReader(UnsafeRawBufferPointer(rebasing: bytes[start..<start + header.bodyBytes]))
        let flags = reader.get(UInt8.self)
        let timeMs = reader.get(Int64.self)
        var origin = EditOrigin(
            user: reader.getString(), callerContext: reader.getString(), address: reader.getString())
        let run = reader.getVarint()
        if run != 0 { origin.run = RunID(run) }
        let retry = flags & hasRetry == 0 ? nil : decodeRetry(&reader)
        let reservation = flags & hasReservation == 0 ? nil : IDRange(from: &reader)
        let mutation = decodeMutation(&reader)
        guard let mutation, !reader.isBroken, reader.isAtEnd else {
            throw HFSError(.corruptMetadata, "edits record \(header.lsn) has a right checksum but does not decode")
        }
        return EditRecord(
            lsn: LSN(header.lsn), epoch: header.epoch, timeMs: timeMs, origin: origin, mutation: mutation, retry: retry,
            reservation: reservation)
    }

    /// Only what recovery needs of a record that every shard has applied.
    static func decodeHead(
        _ header: Header, in bytes: UnsafeRawBufferPointer, at offset: Int
    ) throws(HFSError) -> (timeMs: Int64, retry: EditRecord.Retry?, reservation: IDRange?) {
        let start = offset + headerBytes
        var reader = ByteReader(UnsafeRawBufferPointer(rebasing: bytes[start..<start + header.bodyBytes]))
        let flags = reader.get(UInt8.self)
        let timeMs = reader.get(Int64.self)
        for _ in 0..<3 { _ = reader.getSlice() }
        _ = reader.getVarint()
        let retry = flags & hasRetry == 0 ? nil : decodeRetry(&reader)
        let reservation = flags & hasReservation == 0 ? nil : IDRange(from: &reader)
        guard !reader.isBroken else {
            throw HFSError(.corruptMetadata, "edits record \(header.lsn) has a right checksum but does not decode")
        }
        return (timeMs, retry, reservation)
    }

    static func decodeRetry(_ reader: inout ByteReader) -> EditRecord.Retry {
        let count = reader.get(UInt8.self)
        let client = ClientKey(high: reader.get(UInt64.self), low: reader.get(UInt64.self), count: count)
        return EditRecord.Retry(
            callID: reader.get(Int32.self), answer: reader.getBytes(), client: client)
    }

    private static func decodeMutation(_ reader: inout ByteReader) -> Mutation? {
        var mutation = Mutation()
        for _ in 0..<reader.getCount(bytesEach: 10) {
            let tag = reader.get(UInt8.self)
            let id = reader.get(UInt64.self)
            guard let table = Table(rawValue: tag & 0x7f) else { return nil }
            let key = RowKey(table, id, reader.getBytes())
            if tag & 0x80 == 0 { mutation.put(key, reader.getBytes()) } else { mutation.delete(key) }
        }
        for _ in 0..<reader.getCount(bytesEach: 14) {
            let directory = reader.get(UInt64.self)
            mutation.add(directory, Counter(from: &reader))
        }
        for _ in 0..<reader.getCount(bytesEach: NamespaceEvent.encodedBytesMin) {
            guard let event = NamespaceEvent(from: &reader) else { return nil }
            mutation.events.append(event)
        }
        return mutation
    }
}
