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
    /// What lies below keeps its attributes' index here: a directory right below `/Projects` or with
    /// `hfs.artifact=project`. Once true it stays.
    var isProject = false
    /// Notes of the attribute index are about this directory: `ScopeNotes`.
    var hasScopeNotes = false
    /// Published: what lies below does not change any more.
    var isSealed = false
    /// The last version that was published right below; 0 for none. Never goes back.
    var publishedVersion: UInt64 = 0
    /// `hfs.trace` of this directory itself; nil inherits.
    var trace: TraceLevel?

    var hasQuota: Bool { namespaceQuota >= 0 || spaceQuota >= 0 }

    func modifiedMs(_ counter: Counter) -> Int64 {
        counter.modifiedMs > modifiedBaseMs ? counter.modifiedMs : modifiedMs
    }
}

extension DirectoryRow: StoredRow {
    init(decoding image: UnsafeRawBufferPointer) throws(HFSError) {
        let raw = try RawDirectory(decoding: image)
        owner = String(decoding: raw.owner, as: UTF8.self)
        group = String(decoding: raw.group, as: UTF8.self)
        mode = raw.mode
        modifiedMs = raw.modifiedMs
        modifiedBaseMs = raw.modifiedBaseMs
        accessedMs = raw.accessedMs
        namespaceQuota = raw.namespaceQuota
        spaceQuota = raw.spaceQuota
        storagePolicy = raw.storagePolicy
        hasACL = raw.hasACL
        hasXAttrs = raw.hasXAttrs
        isProject = raw.isProject
        isSealed = raw.isSealed
        hasScopeNotes = raw.hasScopeNotes
        trace = raw.trace
        publishedVersion = raw.publishedVersion
    }

    var image: [UInt8] {
        var writer = RowWriter(version: publishedVersion > 0 ? 2 : 1, capacity: 48)
        writer.byte(
            (isProject ? 1 : 0) | (hasACL ? 2 : 0) | (hasXAttrs ? 4 : 0) | (isSealed ? 8 : 0)
                | (trace?.rawValue ?? 0) << 4 | (hasScopeNotes ? 64 : 0))
        writer.unsigned(UInt64(mode.bits))
        writer.string(owner)
        writer.string(group)
        writer.signed(modifiedMs)
        writer.signed(modifiedBaseMs)
        writer.signed(accessedMs)
        writer.signed(namespaceQuota)
        writer.signed(spaceQuota)
        writer.byte(storagePolicy)
        if publishedVersion > 0 { writer.unsigned(publishedVersion) }
        return writer.bytes
    }
}
