import Core

/// Changes of access control lists by POSIX.1e's rules as HDFS has them (`AclTransformation`): missing default base entries
/// are copied from the access list, masks are computed unless given.
struct AclTransformation {
    private var result: [AclEntry] = []
    private var masks: [AclEntry.Scope: AclEntry] = [:]
    private var dirtyScopes: Set<AclEntry.Scope> = []
    private var dirtyMasks: Set<AclEntry.Scope> = []

    private init() {}

    /// Adds `spec` to `existing`, replacing entries of the same subject.
    static func modify(_ existing: LogicalAcl, _ spec: [AclEntry]) throws(HFSError) -> LogicalAcl {
        try checkSpec(spec)
        var change = AclTransformation()
        for entry in existing.entries where !spec.contains(where: { LogicalAcl.sameSubject($0, entry) }) {
            change.keep(entry)
        }
        for entry in spec { change.give(entry) }
        return try change.finish()
    }

    /// Takes the subjects of `spec` out.
    static func remove(_ existing: LogicalAcl, _ spec: [AclEntry]) throws(HFSError) -> LogicalAcl {
        try checkSpec(spec)
        var change = AclTransformation()
        for entry in existing.entries {
            if spec.contains(where: { LogicalAcl.sameSubject($0, entry) }) {
                change.dirtyScopes.insert(entry.scope)
                if entry.kind == .mask { change.dirtyMasks.insert(entry.scope) }
            } else {
                change.keep(entry)
            }
        }
        return try change.finish()
    }

    /// Puts `spec` in place of every scope that it names.
    static func replace(_ existing: LogicalAcl, _ spec: [AclEntry]) throws(HFSError) -> LogicalAcl {
        try checkSpec(spec)
        var change = AclTransformation()
        for entry in spec { change.give(entry) }
        let given = change.dirtyScopes
        for entry in existing.entries where !given.contains(entry.scope) { change.keep(entry) }
        return try change.finish()
    }

    static func removeDefaults(_ existing: LogicalAcl) -> LogicalAcl { LogicalAcl(existing.access) }

    private static func checkSpec(_ spec: [AclEntry]) throws(HFSError) {
        guard spec.count <= 2 * Limits.aclEntriesMax else {
            throw invalid("ACL spec has \(spec.count) entries, which exceeds maximum of \(2 * Limits.aclEntriesMax).")
        }
        for (index, entry) in spec.enumerated() {
            if spec[..<index].contains(where: { LogicalAcl.sameSubject($0, entry) }) { throw duplicate(entry) }
        }
    }

    private mutating func keep(_ entry: AclEntry) {
        if entry.kind == .mask { masks[entry.scope] = entry } else { result.append(entry) }
    }

    private mutating func give(_ entry: AclEntry) {
        dirtyScopes.insert(entry.scope)
        if entry.kind == .mask { dirtyMasks.insert(entry.scope) }
        keep(entry)
    }

    private mutating func finish() throws(HFSError) -> LogicalAcl {
        copyMissingDefaults()
        for scope in [AclEntry.Scope.access, .default] { try addMask(scope) }
        let acl = LogicalAcl(result)
        try Self.validate(acl)
        return acl
    }

    private mutating func copyMissingDefaults() {
        let hasDefaults = result.contains { $0.scope == .default } || masks[.default] != nil
        guard hasDefaults else { return }
        for kind in [AclEntry.Kind.user, .group, .other] {
            func isBase(_ entry: AclEntry, _ scope: AclEntry.Scope) -> Bool {
                entry.scope == scope && entry.kind == kind && entry.name == nil
            }
            guard !result.contains(where: { isBase($0, .default) }),
                var copy = result.first(where: { isBase($0, .access) })
            else { continue }
            copy.scope = .default
            result.append(copy)
        }
    }

    private mutating func addMask(_ scope: AclEntry.Scope) throws(HFSError) {
        let entries = result.filter { $0.scope == scope }
        guard !entries.isEmpty else { return }
        let given = masks[scope]
        let isNeeded = entries.contains { $0.name != nil }
        if given == nil, isNeeded, dirtyMasks.contains(scope) {
            throw Self.invalid("mask is required and cannot be deleted.")
        }
        if let given, !dirtyScopes.contains(scope) || dirtyMasks.contains(scope) {
            result.append(given)
        } else if isNeeded || given != nil {
            let union = entries.reduce(AccessMode()) { union, entry in
                entry.kind == .group || entry.name != nil ? union.union(entry.permissions) : union
            }
            result.append(AclEntry(kind: .mask, scope: scope, permissions: union, name: nil))
        }
    }

    private static func validate(_ acl: LogicalAcl) throws(HFSError) {
        for (entry, next) in zip(acl.entries, acl.entries.dropFirst()) where LogicalAcl.sameSubject(entry, next) {
            throw duplicate(entry)
        }
        for entry in acl.entries where entry.name != nil && (entry.kind == .mask || entry.kind == .other) {
            throw invalid("this entry type must not have a name: \(entry.kind):\(entry.name ?? "").")
        }
        for kind in [AclEntry.Kind.user, .group, .other] {
            guard acl.access.contains(where: { $0.kind == kind && $0.name == nil }) else {
                throw invalid("the user, group and other entries are required.")
            }
        }
        for (name, entries) in [("access", acl.access), ("default", acl.defaults)]
        where entries.count > Limits.aclEntriesMax {
            throw invalid("ACL has \(entries.count) \(name) entries, which exceeds maximum of \(Limits.aclEntriesMax).")
        }
    }

    private static func duplicate(_ entry: AclEntry) -> HFSError {
        invalid("multiple entries with same scope, type and name.")
    }

    private static func invalid(_ what: String) -> HFSError { HFSError(.aclInvalid, "Invalid ACL: \(what)") }
}
