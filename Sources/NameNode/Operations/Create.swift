import Core
import MetaStore

/// Makes an empty file open for writing (HDFS `create`), or a closed one of bytes that the namenode keeps. Replaces an existing
/// one with `overwrite`, whoever writes it.
struct Create: NamespaceOperation {
    var caller: Caller
    var rules: NamespaceRules
    var path: FilePath
    var mode: FileMode
    var unmasked: FileMode?
    var holder: String
    /// CREATE in the flags: the file may be missing.
    var mayCreate: Bool
    var overwrite: Bool
    var createParent: Bool
    var replication: Int
    var blockSize: UInt64
    /// Holders whose soft limit has passed: their files may be taken over.
    var expiredHolders: Set<String> = []
    /// All bytes of a file that is closed at once; nil for one that its writer closes.
    var content: InlineRow?

    func plan(_ view: any MetadataView, _ inputs: inout PlanInputs) throws(PlanInterrupt) -> Planned<Answer> {
        try refusing { () throws(HFSError) in
            try Replication.check(replication, path: path, client: caller.address, rules)
            guard blockSize >= rules.blockBytesMin else {
                throw HFSError(
                    .io,
                    "Specified block size is less than configured minimum value "
                        + "(dfs.namenode.fs-limits.min-block-size): \(blockSize) < \(rules.blockBytesMin)")
            }
            guard blockSize <= Limits.blockBytesMax else {
                throw HFSError(
                    .io, "Specified block size is greater than the maximum: \(blockSize) > \(Limits.blockBytesMax)")
            }
        }
        let resolved = try view.resolve(path, rows: true)
        if case .directory = resolved.target { throw refusal(.alreadyExists, "\(path) already exists as a directory") }
        try checkPermission(resolved, view)
        if !createParent, resolved.parent == nil || resolved.isBelowFile { throw Mkdirs.noParent(resolved) }
        var mutation = Mutation()
        var effects: [Effect] = []
        if case .file(let inode, let file) = resolved.target {
            guard overwrite else { return try refuseExisting(inode, file, view, &inputs) }
            try Unlink.file(resolved, inode, file, view, nowMs: inputs.nowMs, &mutation, &effects)
        } else if !mayCreate {
            throw refusal(
                .fileNotFound, "Can't overwrite non-existent \(path) for client \(caller.address)")
        } else if resolved.isBelowFile {
            throw refusal(
                .notADirectory, "Parent path is not a directory: \(resolved.prefix(resolved.directories.count))")
        }
        let status = try make(resolved, view, &inputs, &mutation, &effects)
        return Planned(mutation, Answer(.status(status), effects))
    }

    private func checkPermission(_ resolved: ResolvedPath, _ view: any MetadataView) throws(PlanInterrupt) {
        // Overwriting deletes the old file, so the sticky bit of its directory counts as in delete.
        if overwrite, resolved.target != nil {
            try checker(view).check(resolved, ancestor: .write, parent: .write, access: .write)
        } else {
            try checker(view).check(resolved, ancestor: .write)
        }
    }

    private func refuseExisting(
        _ inode: InodeID, _ file: FileAttributes, _ view: any MetadataView, _ inputs: inout PlanInputs
    ) throws(PlanInterrupt) -> Planned<Answer> {
        if file.isUnderConstruction {
            try LeaseRules.refuseWhileOpen(
                inode, call: "CREATE_FILE", path: path, holder: holder, client: caller.address,
                expiredHolders: expiredHolders, view)
        }
        throw refusal(.alreadyExists, "\(path) for client \(caller.address) already exists")
    }

    private func make(
        _ resolved: ResolvedPath, _ view: any MetadataView, _ inputs: inout PlanInputs, _ mutation: inout Mutation,
        _ effects: inout [Effect]
    ) throws(PlanInterrupt) -> FileStatus {
        let depth = resolved.path.count - 1
        guard depth >= 0 else { throw refusal(.alreadyExists, "\(path) already exists as a directory") }
        let name = resolved.path.component(depth)
        if resolved.isMissing {
            let directories = Int64(max(0, depth + 1 - resolved.directories.count))
            try Quota.check(resolved, Counter(files: 1, directories: directories), view)
        }
        // Directories made on the way are like the one they are made in, as HDFS has it.
        let inheritedBits = (resolved.rows.last?.mode.bits ?? 0) & 0o777 | 0o300
        let above = try DirectoryMaker(caller: caller, mode: FileMode(inheritedBits), unmasked: nil).make(
            resolved, upTo: depth, view, &inputs, &mutation)
        if resolved.isMissing {
            try refusing { () throws(HFSError) in try PathRules.checkNewNames(resolved.path, from: depth) }
        }
        let parent = above.directories[depth]
        let inode = inputs.ids.takeFile(in: parent)
        let inherited = try InheritedAcl(
            parent: parent, above.rows[depth], mode: mode, unmasked: unmasked, isDirectory: false, view, mutation)
        var file = FileAttributes(
            owner: caller.user, group: above.rows[depth].group, mode: inherited.mode, modifiedMs: inputs.nowMs,
            accessedMs: inputs.nowMs, replication: UInt16(replication), blockSize: blockSize,
            isUnderConstruction: content == nil, hasACL: inherited.row != nil)
        if let content {
            try fill(&file, with: content, at: resolved, view)
            InlineBlock.put(content, in: inode, &file, &inputs, &mutation)
        }
        mutation.put(Keys.dentry(parent, name), DentryRow(file: inode, file).image)
        mutation.put(Keys.locator(inode), LocatorRow(parent: parent, name: name).image)
        if let acl = inherited.row { mutation.put(Keys.acl(inode), acl.image) }
        Quota.count(
            Counter(files: 1, length: Int64(file.length), space: file.space),
            in: above.directories.prefix(depth + 1), children: 1, nowMs: inputs.nowMs, &mutation)
        mutation.events.append(
            NamespaceEvent(.create, inode: inode, parent: parent, path: resolved.path.description))
        if let content {
            mutation.events.append(
                NamespaceEvent(
                    .close, inode: inode, parent: parent, path: resolved.path.description,
                    change: .content(length: file.length, modifiedMs: file.modifiedMs, checksum: content.checksum)))
        } else {
            mutation.put(Keys.lease(inode), LeaseRow(holder: holder, address: caller.address, run: caller.run).image)
            effects.append(.leaseOpened(inode, holder: holder, run: caller.run))
        }
        return StatusBuilder.status(inode, file)
    }

    /// Gives the file its length, if quotas allow it; what it replaces makes room.
    private func fill(
        _ file: inout FileAttributes, with content: InlineRow, at resolved: ResolvedPath, _ view: any MetadataView
    ) throws(PlanInterrupt) {
        let length = UInt64(content.bytes.count)
        guard length <= blockSize else {
            throw refusal(.unsupported, "\(path) of \(length) bytes does not fit a block of \(blockSize) bytes")
        }
        file.length = length
        var delta = Counter(length: Int64(length), space: file.space)
        if case .file(_, let old) = resolved.target {
            delta.length -= Int64(clamping: old.length)
            delta.space -= old.space
        }
        try Quota.check(resolved, delta, view)
        try Quota.checkTotal(delta, view)
    }
}
