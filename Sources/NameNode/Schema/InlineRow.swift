import Core

/// `block`: the bytes of an inline block.
struct InlineRow: Hashable, Sendable, StoredRow {
    var bytes: [UInt8]
    /// CRC32C of the bytes, as their writer told it: it goes with them to whoever reads them.
    var checksum: UInt32

    init(_ bytes: [UInt8], checksum: UInt32) {
        self.bytes = bytes
        self.checksum = checksum
    }

    init(decoding image: UnsafeRawBufferPointer) throws(HFSError) {
        var reader = try RowReader(image, table: "inline", newest: 1)
        checksum = UInt32(truncatingIfNeeded: try reader.unsigned())
        bytes = try reader.blob()
    }

    var image: [UInt8] {
        var writer = RowWriter(version: 1, capacity: bytes.count + 10)
        writer.unsigned(UInt64(checksum))
        writer.blob(bytes)
        return writer.bytes
    }
}
