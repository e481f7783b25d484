import Core
import MetaStore

/// HDFS's permission checks (`FSPermissionChecker` of 2.7.3, whose texts name the path that was asked for).
///
/// Checks nothing for a superuser. A path must be resolved with rows.
struct PermissionChecker {
    let caller: Caller
    let view: any MetadataView

    private struct Subject {
        var inode: InodeID
        var owner: String
        var group: String
        var mode: FileMode
        var isDirectory: Bool
        var hasACL: Bool
    }

    /// In HDFS's order: execute on every ancestor; the sticky bit when `parent` asks to write and the target exists;
    /// `ancestor` on the deepest existing one; `parent`; `access` on the target; ownership.
    ///
    /// Before all that, and for superusers too: nothing is written below a sealed directory. `keepsContents`: writing the
    /// target changes what is told about it, not what it holds.
    func check(
        _ path: ResolvedPath, ancestor: AccessMode? = nil, parent: AccessMode? = nil, access: AccessMode? = nil,
        owner: Bool = false, keepsContents: Bool = false
    ) throws(PlanInterrupt) {
        if let sealed = path.sealedDepth {
            try checkSeal(
                path, sealed, adds: ancestor?.contains(.write) == true, removes: parent?.contains(.write) == true,
                changes: access?.contains(.write) == true && !keepsContents)
        }
        guard !caller.isSuperuser else { return }
        let count = path.path.count
        for depth in 0..<min(count, path.directories.count) {
            try require(subject(path, depth), .execute, path)
        }
        if path.isBelowFile, let file = fileSubject(path) { try require(file, .execute, path) }
        let target = target(path)
        let parentDepth = path.directories.count >= count && count > 0 ? count - 1 : nil
        if parent?.contains(.write) == true, let parentDepth, let target {
            try checkSticky(subject(path, parentDepth), target, name: path.localName)
        }
        if let ancestor, count > 0 {
            let existing = path.isBelowFile ? fileSubject(path) : subject(path, min(count, path.directories.count) - 1)
            if let existing { try require(existing, ancestor, path) }
        }
        if let parent, let parentDepth { try require(subject(path, parentDepth), parent, path) }
        if let access, let target { try require(target, access, path) }
        if owner, let target, target.owner != caller.user {
            throw .refused(
                HFSError(
                    .accessDenied, "Permission denied. user=\(caller.user) is not the owner of inode=\(path.localName)")
            )
        }
    }

    /// Refuses what a seal forbids; the sealed directory as a whole is its owner's to move and remove.
    private func checkSeal(
        _ path: ResolvedPath, _ sealed: Int, adds: Bool, removes: Bool, changes: Bool
    ) throws(PlanInterrupt) {
        let count = path.path.count
        let isWhole = sealed == count
        if changes || adds && min(count, path.directories.count) - 1 >= sealed || removes && !isWhole {
            throw sealError(path, sealed)
        }
        if removes, isWhole, !caller.isSuperuser, path.rows[sealed].owner != caller.user {
            throw .refused(
                HFSError(
                    .accessDenied,
                    "Permission denied. \(path.path) is published: only its owner may move or remove it, not "
                        + "\(caller.user)"))
        }
    }

    /// Refuses when the path lies at or below a sealed directory.
    func requireUnsealed(_ path: ResolvedPath) throws(PlanInterrupt) {
        if let sealed = path.sealedDepth { throw sealError(path, sealed) }
    }

    private func sealError(_ path: ResolvedPath, _ sealed: Int) -> PlanInterrupt {
        .refused(
            HFSError(
                .accessDenied,
                "Permission denied: \(path.prefix(sealed)) is published, what lies in it does not change any more: "
                    + "\(path.path)"))
    }

    /// Whether a directory's or file's own rights allow `access`; those of the directories above are not asked.
    func allows(_ inode: InodeID, _ row: DirectoryRow, _ access: AccessMode) throws(PlanInterrupt) -> Bool {
        if caller.isSuperuser { return true }
        return try allows(subject(inode, row), access)
    }

    func allows(_ inode: InodeID, _ file: FileAttributes, _ access: AccessMode) throws(PlanInterrupt) -> Bool {
        if caller.isSuperuser { return true }
        return try allows(subject(inode, file), access)
    }

    /// For calls that only a superuser may make.
    func requireSuperuser() throws(PlanInterrupt) {
        guard !caller.isSuperuser else { return }
        throw .refused(
            HFSError(.accessDenied, "Access denied for user \(caller.user). Superuser privilege is required"))
    }

    /// Write, read and execute on `directory` and every non-empty directory below it, and the sticky bits on the way: what a
    /// recursive delete needs. Visits every entry below, but only where there are subdirectories.
    func checkSubtree(_ directory: InodeID, _ path: ResolvedPath) throws(PlanInterrupt) {
        guard !caller.isSuperuser else { return }
        var pending = [directory]
        // Rows that are not in memory are asked for level by level, not one by one.
        var missing: [RowRequest] = []
        while let next = pending.popLast() {
            do throws(PlanInterrupt) {
                pending += try checkEntries(next, path)
            } catch {
                guard case .needRows(let rows) = error else { throw error }
                missing += rows
            }
        }
        guard missing.isEmpty else { throw .needRows(missing) }
    }

    /// Checks one directory of a subtree and gives the ones below it.
    private func checkEntries(_ directory: InodeID, _ path: ResolvedPath) throws(PlanInterrupt) -> [InodeID] {
        let counter = try view.counter(directory.rawValue)
        guard counter.children > 0 else { return [] }
        let row = try view.requireDirectory(directory)
        let subject = subject(directory, row)
        try require(subject, .all, path)
        let needsOwners = row.mode.isSticky && row.owner != caller.user
        guard counter.directories > 0 || needsOwners else { return [] }
        var below: [InodeID] = []
        var after: [UInt8]?
        while true {
            let entries = try view.scan(.dentry, directory.rawValue, after: after, limit: Limits.listingPageMax)
            for entry in entries {
                let child = try refusing { () throws(HFSError) in try DentryRow(image: entry.image) }
                if child.isDirectory { below.append(child.inode) }
                if needsOwners { try checkSticky(owner(child), entry.sub) }
            }
            guard entries.count == Limits.listingPageMax else { return below }
            after = entries.last?.sub
        }
    }

    private func owner(_ entry: DentryRow) throws(PlanInterrupt) -> String {
        if let file = entry.file { return file.owner }
        return try view.requireDirectory(entry.inode).owner
    }

    private func checkSticky(_ owner: String, _ name: [UInt8]) throws(PlanInterrupt) {
        guard owner != caller.user else { return }
        throw .refused(stickyError(FileName(checkedUTF8: name).description))
    }

    private func checkSticky(_ parent: Subject, _ target: Subject, name: String) throws(PlanInterrupt) {
        guard parent.mode.isSticky, parent.owner != caller.user, target.owner != caller.user else { return }
        throw .refused(stickyError(name))
    }

    private func stickyError(_ name: String) -> HFSError {
        HFSError(.accessDenied, "Permission denied by sticky bit setting: user=\(caller.user), inode=\(name)")
    }

    private func subject(_ inode: InodeID, _ row: DirectoryRow) -> Subject {
        Subject(
            inode: inode, owner: row.owner, group: row.group, mode: row.mode, isDirectory: true, hasACL: row.hasACL)
    }

    private func subject(_ path: ResolvedPath, _ depth: Int) -> Subject {
        subject(path.directories[depth], path.rows[depth])
    }

    private func fileSubject(_ path: ResolvedPath) -> Subject? {
        guard let entry = path.file, let file = entry.file else { return nil }
        return subject(entry.inode, file)
    }

    private func subject(_ inode: InodeID, _ file: FileAttributes) -> Subject {
        Subject(
            inode: inode, owner: file.owner, group: file.group, mode: file.mode, isDirectory: false,
            hasACL: file.hasACL)
    }

    private func target(_ path: ResolvedPath) -> Subject? {
        switch path.target {
        case .directory: subject(path, path.directories.count - 1)
        case .file: fileSubject(path)
        case nil: nil
        }
    }

    private func require(_ subject: Subject, _ access: AccessMode, _ path: ResolvedPath) throws(PlanInterrupt) {
        guard try !allows(subject, access) else { return }
        throw .refused(
            HFSError(
                .accessDenied,
                "Permission denied: user=\(caller.user), access=\(access.hdfsName), inode=\"\(path.path)\":"
                    + "\(subject.owner):\(subject.group):\(subject.isDirectory ? "d" : "-")\(subject.mode)"
                    + (subject.hasACL ? "+" : "")))
    }

    private func allows(_ subject: Subject, _ access: AccessMode) throws(PlanInterrupt) -> Bool {
        if subject.owner == caller.user { return subject.mode.owner.isSuperset(of: access) }
        if subject.hasACL, let entries = try view.acl(subject.inode)?.access, !entries.isEmpty {
            return allows(subject, access, entries)
        }
        if caller.groups.contains(subject.group) { return subject.mode.group.isSuperset(of: access) }
        return subject.mode.other.isSuperset(of: access)
    }

    /// Named users first, then the groups of which any may grant; the mode's group bits mask both.
    private func allows(_ subject: Subject, _ access: AccessMode, _ entries: [AclEntry]) -> Bool {
        let mask = subject.mode.group
        if let named = entries.first(where: { $0.kind == .user && $0.name == caller.user }) {
            return named.permissions.intersection(mask).isSuperset(of: access)
        }
        let groups = entries.filter { $0.kind == .group && caller.groups.contains($0.name ?? subject.group) }
        if !groups.isEmpty {
            return groups.contains { $0.permissions.intersection(mask).isSuperset(of: access) }
        }
        return subject.mode.other.isSuperset(of: access)
    }
}
