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
    /// The first block is inline (`BlockRow.isInline`).
    var hasInlineBlock = false

    /// Bytes that the file's replicas take.
    var space: Int64 { Quota.product(Int64(clamping: length), Int64(replication)) }
}

extension FileAttributes {
    init(_ raw: RawFile) {
        owner = String(decoding: raw.owner, as: UTF8.self)
        group = String(decoding: raw.group, as: UTF8.self)
        mode = raw.mode
        modifiedMs = raw.modifiedMs
        accessedMs = raw.accessedMs
        length = raw.length
        replication = raw.replication
        blockSize = raw.blockSize
        storagePolicy = raw.storagePolicy
        blockCount = raw.blockCount
        isUnderConstruction = raw.isUnderConstruction
        hasACL = raw.hasACL
        hasXAttrs = raw.hasXAttrs
        hasInlineBlock = raw.hasInlineBlock
    }

    func encode(into writer: inout RowWriter) {
        writer.byte(
            (isUnderConstruction ? 1 : 0) | (hasACL ? 2 : 0) | (hasXAttrs ? 4 : 0) | (hasInlineBlock ? 8 : 0))
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
