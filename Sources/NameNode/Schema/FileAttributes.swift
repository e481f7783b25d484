import Core

/// What a directory entry keeps of its file.
struct FileAttributes: Hashable, Sendable {
    var owner: String
    var group: String
    var mode: FileMode
    var modifiedMs: Int64
    var accessedMs: Int64
    /// Sum of the lengths in the file's block rows; an open block counts what fsync told.
    var length: UInt64 = 0
    var replication: UInt16
    var blockSize: UInt64
    /// HDFS's policy id; 0 when none is set.
    var storagePolicy: UInt8 = 0
    /// Blocks of the file, the open one included: the index of the next one.
    var blockCount: UInt32 = 0
    /// A writer holds the lease (`LeaseRow`).
    var isUnderConstruction = false
    var hasACL = false
    var hasXAttrs = false

    /// Bytes that the file's replicas take.
    var space: Int64 { Quota.product(Int64(clamping: length), Int64(replication)) }
}

extension FileAttributes {
    init(_ reader: inout RowReader) throws(HFSError) {
        let flags = try reader.byte()
        isUnderConstruction = flags & 1 != 0
        hasACL = flags & 2 != 0
        hasXAttrs = flags & 4 != 0
        mode = FileMode(UInt16(truncatingIfNeeded: try reader.unsigned()))
        owner = try reader.string()
        group = try reader.string()
        modifiedMs = try reader.signed()
        accessedMs = try reader.signed()
        length = try reader.unsigned()
        replication = UInt16(truncatingIfNeeded: try reader.unsigned())
        blockSize = try reader.unsigned()
        storagePolicy = try reader.byte()
        blockCount = UInt32(truncatingIfNeeded: try reader.unsigned())
    }

    func encode(into writer: inout RowWriter) {
        writer.byte((isUnderConstruction ? 1 : 0) | (hasACL ? 2 : 0) | (hasXAttrs ? 4 : 0))
        writer.unsigned(UInt64(mode.bits))
        writer.string(owner)
        writer.string(group)
        writer.signed(modifiedMs)
        writer.signed(accessedMs)
        writer.unsigned(length)
        writer.unsigned(UInt64(replication))
        writer.unsigned(blockSize)
        writer.byte(storagePolicy)
        writer.unsigned(UInt64(blockCount))
    }
}
