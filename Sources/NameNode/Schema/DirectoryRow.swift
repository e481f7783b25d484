import Core
import MetaStore

/// A directory's own attributes. What changes with its entries (children, times, sizes) is in its counter.
struct DirectoryRow: Hashable, Sendable {
    var owner: String
    var group: String
    var mode: FileMode
    /// The modification time as mkdir or setTimes set it; a later change of the entries is in the counter.
    var modifiedMs: Int64
    /// The counter's time when `modifiedMs` was set: only a newer one supersedes it.
    var modifiedBaseMs: Int64
    var accessedMs: Int64 = 0
    /// Files and directories, this one included; -1 for none.
    var namespaceQuota: Int64 = -1
    /// Bytes times replication; -1 for none.
    var spaceQuota: Int64 = -1
    /// HDFS's policy id; 0 when none is set.
    var storagePolicy: UInt8 = 0
    var hasACL = false
    var hasXAttrs = false

    var hasQuota: Bool { namespaceQuota >= 0 || spaceQuota >= 0 }

    func modifiedMs(_ counter: Counter) -> Int64 {
        counter.modifiedMs > modifiedBaseMs ? counter.modifiedMs : modifiedMs
    }
}

extension DirectoryRow {
    init(image: [UInt8]) throws(HFSError) {
        var reader = try RowReader(image, table: "directory", newest: 1)
        let flags = try reader.byte()
        hasACL = flags & 2 != 0
        hasXAttrs = flags & 4 != 0
        mode = FileMode(UInt16(truncatingIfNeeded: try reader.unsigned()))
        owner = try reader.string()
        group = try reader.string()
        modifiedMs = try reader.signed()
        modifiedBaseMs = try reader.signed()
        accessedMs = try reader.signed()
        namespaceQuota = try reader.signed()
        spaceQuota = try reader.signed()
        storagePolicy = try reader.byte()
    }

    var image: [UInt8] {
        var writer = RowWriter(version: 1, capacity: 48)
        writer.byte((hasACL ? 2 : 0) | (hasXAttrs ? 4 : 0))
        writer.unsigned(UInt64(mode.bits))
        writer.string(owner)
        writer.string(group)
        writer.signed(modifiedMs)
        writer.signed(modifiedBaseMs)
        writer.signed(accessedMs)
        writer.signed(namespaceQuota)
        writer.signed(spaceQuota)
        writer.byte(storagePolicy)
        return writer.bytes
    }
}
