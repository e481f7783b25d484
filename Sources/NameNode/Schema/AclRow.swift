import Core

/// `inode`: its access control list beyond the mode.
///
/// As HDFS keeps it: named users, the owning group and named groups of the access list (owner, mask and other are the
/// mode's three fields), then the whole default list. Both in HDFS's order.
struct AclRow: Hashable, Sendable, StoredRow {
    var entries: [AclEntry]

    init(_ entries: [AclEntry]) { self.entries = entries }

    var access: [AclEntry] { entries.filter { $0.scope == .access } }
    var defaults: [AclEntry] { entries.filter { $0.scope == .default } }

    init(decoding image: UnsafeRawBufferPointer) throws(HFSError) {
        var reader = try RowReader(image, table: "acl", newest: 1)
        let count = try reader.unsigned()
        entries = []
        for _ in 0..<min(count, 4 * UInt64(Limits.aclEntriesMax)) {
            let packed = try reader.byte()
            let name = try reader.string()
            entries.append(
                AclEntry(
                    kind: AclEntry.Kind(rawValue: packed >> 4 & 3) ?? .other,
                    scope: packed & 8 != 0 ? .default : .access,
                    permissions: AccessMode(rawValue: packed & 7), name: name.isEmpty ? nil : name))
        }
    }

    var image: [UInt8] {
        var writer = RowWriter(version: 1, capacity: 8 + 16 * entries.count)
        writer.unsigned(UInt64(entries.count))
        for entry in entries {
            writer.byte(entry.kind.rawValue << 4 | entry.scope.rawValue << 3 | entry.permissions.rawValue)
            writer.string(entry.name ?? "")
        }
        return writer.bytes
    }
}
