import Core

/// `(0, name)`: a durable cursor of the event feed.
struct CursorRow: Hashable, Sendable, StoredRow {
    /// The first LSN that its consumer has not taken.
    var lsn: LSN
    var owner: String
    var updatedMs: Int64

    init(lsn: LSN, owner: String, updatedMs: Int64) {
        self.lsn = lsn
        self.owner = owner
        self.updatedMs = updatedMs
    }

    init(decoding image: UnsafeRawBufferPointer) throws(HFSError) {
        var reader = try RowReader(image, table: "cursor", newest: 1)
        lsn = LSN(try reader.unsigned())
        owner = try reader.string()
        updatedMs = try reader.signed()
    }

    var image: [UInt8] {
        var writer = RowWriter(version: 1, capacity: 24 + owner.utf8.count)
        writer.unsigned(lsn.rawValue)
        writer.string(owner)
        writer.signed(updatedMs)
        return writer.bytes
    }
}
