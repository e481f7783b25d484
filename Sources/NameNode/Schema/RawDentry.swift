import Core
import WireProtocol

/// A directory entry read in place, without a `String` or an array. Valid as long as the image's memory.
struct RawDentry {
    let inode: InodeID
    /// nil for a directory.
    let file: RawFile?

    /// The byte behind the version in an image.
    static let directoryKind: UInt8 = 1
    static let fileKind: UInt8 = 2

    /// Throws `.corruptMetadata`.
    @inline(__always)
    init(decoding image: UnsafeRawBufferPointer) throws(HFSError) {
        var reader = try RowReader(image, table: "dentry", newest: 1)
        let kind = try reader.byte()
        inode = InodeID(try reader.unsigned())
        file = kind == Self.fileKind ? try RawFile(&reader) : nil
    }
}

/// `FileAttributes` read in place.
struct RawFile {
    let flags: UInt8
    let mode: FileMode
    let owner: UnsafeRawBufferPointer
    let group: UnsafeRawBufferPointer
    let modifiedMs: Int64
    let accessedMs: Int64
    let length: UInt64
    let replication: UInt16
    let blockSize: UInt64
    let storagePolicy: UInt8
    let blockCount: UInt32

    var isUnderConstruction: Bool { flags & 1 != 0 }
    var hasACL: Bool { flags & 2 != 0 }
    var hasXAttrs: Bool { flags & 4 != 0 }
    var hasInlineBlock: Bool { flags & 8 != 0 }

    @inline(__always)
    init(_ reader: inout RowReader) throws(HFSError) {
        flags = try reader.byte()
        mode = FileMode(UInt16(truncatingIfNeeded: try reader.unsigned()))
        owner = try reader.slice()
        group = try reader.slice()
        modifiedMs = try reader.signed()
        accessedMs = try reader.signed()
        length = try reader.unsigned()
        replication = UInt16(truncatingIfNeeded: try reader.unsigned())
        blockSize = try reader.unsigned()
        storagePolicy = try reader.byte()
        blockCount = UInt32(truncatingIfNeeded: try reader.unsigned())
    }

    /// What `stat` shows.
    @inline(__always)
    func status(_ inode: InodeID, name: UnsafeRawBufferPointer) -> RawFileStatus {
        RawFileStatus(
            kind: .file, name: name, inode: inode.rawValue, length: length, mode: mode, owner: owner, group: group,
            modifiedMs: modifiedMs, accessedMs: accessedMs, replication: replication, blockSize: blockSize,
            childrenCount: 0, storagePolicy: storagePolicy, hasACL: hasACL)
    }
}
