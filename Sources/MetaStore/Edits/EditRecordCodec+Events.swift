internal import Core

/// A record's events, without the rows around them.
extension EditRecordCodec {
    /// Bytes of the record at `offset` without padding; nil when none begins there. Looks at its header alone.
    static func size(in bytes: UnsafeRawBufferPointer, at offset: Int) -> Int? {
        var reader = ByteReader(UnsafeRawBufferPointer(rebasing: bytes[offset...]))
        guard reader.get(UInt32.self) == magic else { return nil }
        let bodyBytes = Int(reader.get(UInt32.self))
        return reader.isBroken || bodyBytes > bodyBytesMax ? nil : headerBytes + bodyBytes
    }

    /// When a whole record was planned.
    static func timeMs(_ header: Header, in bytes: UnsafeRawBufferPointer, at offset: Int) -> Int64 {
        var reader = ByteReader(UnsafeRawBufferPointer(rebasing: bytes[(offset + headerBytes)...]))
        reader.skip(1)
        return reader.get(Int64.self)
    }

    /// Adds the events of a whole record that `filter` wants; returns about how many bytes they have.
    ///
    /// Steps over rows, counters and unwanted events without decoding them. `.corruptMetadata` for a record of another form.
    static func packEvents(
        _ header: Header, in bytes: UnsafeRawBufferPointer, at offset: Int, _ filter: FeedFilter,
        into packer: EventPacker
    ) throws(HFSError) -> Int {
        let start = offset + headerBytes
        let body = UnsafeRawBufferPointer(rebasing: bytes[start..<start + header.bodyBytes])
        var reader = ByteReader(body)
        let flags = reader.get(UInt8.self)
        let timeMs = reader.get(Int64.self)
        let (user, context, address) = (reader.getSlice(), reader.getSlice(), reader.getSlice())
        let originBytes = user.count + context.count + address.count
        let run = RunID(reader.getVarint())
        let knownRun = run.rawValue == 0 ? nil : run
        guard filter.wants(run: knownRun) else { return 0 }
        if flags & hasRetry != 0 { skipRetry(&reader) }
        if flags & hasReservation != 0 { _ = IDRange(from: &reader) }
        skipRows(&reader)
        var size = 0
        for index in 0..<reader.getCount(bytesEach: NamespaceEvent.encodedBytesMin) {
            let start = reader.offset
            guard let event = RawEvent(from: &reader), !reader.isBroken else { throw malformed(header) }
            guard filter.wants(event) else { continue }
            guard NamespaceEvent.Kind(rawValue: event.kind) != nil else { throw malformed(header) }
            packer.add(
                RawFeedEntry(
                    lsn: header.lsn, index: UInt32(index), timeMs: timeMs, run: knownRun, user: user, address: address,
                    callerContext: context, event: event),
                UnsafeRawBufferPointer(rebasing: body[start..<reader.offset]))
            size += reader.offset - start + originBytes
        }
        guard !reader.isBroken, reader.isAtEnd else { throw malformed(header) }
        return size
    }

    private static func malformed(_ header: Header) -> HFSError {
        HFSError(.corruptMetadata, "edits record \(header.lsn) has a right checksum but does not decode")
    }

    private static func skipRetry(_ reader: inout ByteReader) {
        reader.skip(1 + 16 + 4)
        _ = reader.getSlice()
    }

    private static func skipRows(_ reader: inout ByteReader) {
        for _ in 0..<reader.getCount(bytesEach: 10) {
            let tag = reader.get(UInt8.self)
            reader.skip(8)
            _ = reader.getSlice()
            if tag & 0x80 == 0 { _ = reader.getSlice() }
        }
        for _ in 0..<reader.getCount(bytesEach: 14) {
            reader.skip(8)
            _ = Counter(from: &reader)
        }
    }
}
