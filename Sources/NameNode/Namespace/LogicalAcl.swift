import Core

/// A whole access control list: base entries included, in HDFS's order (scope, kind, unnamed first, name).
struct LogicalAcl: Hashable, Sendable {
    private(set) var entries: [AclEntry]

    init(_ entries: [AclEntry]) { self.entries = entries.sorted(by: Self.precedes) }

    /// The list that a mode and a stored row stand for.
    init(_ mode: FileMode, _ row: AclRow?) {
        func entry(_ kind: AclEntry.Kind, _ permissions: AccessMode) -> AclEntry {
            AclEntry(kind: kind, scope: .access, permissions: permissions, name: nil)
        }
        var all = [entry(.user, mode.owner), entry(.other, mode.other)]
        if let row, !row.access.isEmpty {
            all += row.access + [entry(.mask, mode.group)]
        } else {
            all.append(entry(.group, mode.group))
        }
        self.init(all + (row?.defaults ?? []))
    }

    var access: [AclEntry] { entries.filter { $0.scope == .access } }
    var defaults: [AclEntry] { entries.filter { $0.scope == .default } }

    /// Nothing beyond what a mode can say.
    var isMinimal: Bool { entries.count == 3 && defaults.isEmpty }

    /// What is stored beside the mode; nil when the mode says all.
    var row: AclRow? {
        guard !isMinimal else { return nil }
        let access = access
        let named = access.count > 3 ? access.filter { $0.kind == .group || $0.kind == .user && $0.name != nil } : []
        return AclRow(named + defaults)
    }

    /// The mode's fields: owner, mask (or group, without one) and other.
    func mode(keepingStickyOf old: FileMode) -> FileMode {
        func permissions(_ kind: AclEntry.Kind) -> UInt16? {
            access.first { $0.kind == kind && $0.name == nil }.map { UInt16($0.permissions.rawValue) }
        }
        let group = permissions(.mask) ?? permissions(.group) ?? 0
        return FileMode(old.bits & 0o1000 | (permissions(.user) ?? 0) << 6 | group << 3 | (permissions(.other) ?? 0))
    }

    static func sameSubject(_ a: AclEntry, _ b: AclEntry) -> Bool {
        a.scope == b.scope && a.kind == b.kind && a.name == b.name
    }

    static func precedes(_ a: AclEntry, _ b: AclEntry) -> Bool {
        if a.scope != b.scope { return a.scope == .access }
        if a.kind != b.kind { return a.kind < b.kind }
        return switch (a.name, b.name) {
        case (nil, nil): false
        case (nil, _): true
        case (_, nil): false
        case (let x?, let y?): x.utf8.lexicographicallyPrecedes(y.utf8)
        }
    }
}
