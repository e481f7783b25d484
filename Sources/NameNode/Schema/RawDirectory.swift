import Core
import MetaStore
import WireProtocol

/// `DirectoryRow` read in place. Valid as long as the image's memory.
struct RawDirectory {
    let flags: UInt8
    let mode: FileMode
    let owner: UnsafeRawBufferPointer
    let group: UnsafeRawBufferPointer
    let modifiedMs: Int64
    let modifiedBaseMs: Int64
    let accessedMs: Int64
    let namespaceQuota: Int64
    let spaceQuota: Int64
    let storagePolicy: UInt8
    let publishedVersion: UInt64

    var hasACL: Bool { flags & 2 != 0 }
    var hasXAttrs: Bool { flags & 4 != 0 }
    var isProject: Bool { flags & 1 != 0 }
    var isSealed: Bool { flags & 8 != 0 }
    var hasScopeNotes: Bool { flags & 64 != 0 }
    var trace: TraceLevel? { TraceLevel(rawValue: flags >> 4 & 3) }

    /// Throws `.corruptMetadata`.
    @inline(__always)
    init(decoding image: UnsafeRawBufferPointer) throws(HFSError) {
        var reader = try RowReader(image, table: "directory", newest: 2)
        flags = try reader.byte()
        mode = FileMode(UInt16(truncatingIfNeeded: try reader.unsigned()))
        owner = try reader.slice()
        group = try reader.slice()
        modifiedMs = try reader.signed()
        modifiedBaseMs = try reader.signed()
        accessedMs = try reader.signed()
        namespaceQuota = try reader.signed()
        spaceQuota = try reader.signed()
        storagePolicy = try reader.byte()
        // Version 1 ends here, as does a directory below which nothing was published.
        publishedVersion = reader.isAtEnd ? 0 : try reader.unsigned()
    }

    /// What `stat` shows.
    @inline(__always)
    func status(_ inode: InodeID, _ counter: Counter, name: UnsafeRawBufferPointer) -> RawFileStatus {
        RawFileStatus(
            kind: .directory, name: name, inode: inode.rawValue, length: 0, mode: mode, owner: owner, group: group,
            modifiedMs: counter.modifiedMs > modifiedBaseMs ? counter.modifiedMs : modifiedMs, accessedMs: accessedMs,
            replication: 0, blockSize: 0, childrenCount: Int32(clamping: counter.children),
            storagePolicy: storagePolicy, hasACL: hasACL)
    }
}
