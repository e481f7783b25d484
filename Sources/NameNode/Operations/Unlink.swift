import Core
import MetaStore

/// Takes an entry out of its directory; what hung on it is freed at once when it is little, else by the reclaimer.
enum Unlink {
    /// Blocks that are freed in the same mutation: enough for almost every file, few enough for one record.
    static let blocksAtOnceMax: UInt32 = 16

    static func file(
        _ resolved: ResolvedPath, _ inode: InodeID, _ file: FileAttributes, _ view: any MetadataView, nowMs: Int64,
        _ mutation: inout Mutation, _ effects: inout [Effect]
    ) throws(PlanInterrupt) {
        try entry(resolved, nowMs: nowMs, &mutation, Counter(files: 1, length: Int64(file.length), space: file.space))
        mutation.tell(.delete, inode, at: resolved)
        mutation.delete(Keys.locator(inode))
        try freeFile(inode, file, view, &mutation, &effects)
    }

    static func directory(
        _ resolved: ResolvedPath, _ inode: InodeID, _ view: any MetadataView, nowMs: Int64, _ mutation: inout Mutation,
        _ effects: inout [Effect]
    ) throws(PlanInterrupt) {
        var below = try view.counter(inode.rawValue)
        let isEmpty = below.children == 0
        below.directories += 1
        below.children = 0
        below.modifiedMs = 0
        try entry(resolved, nowMs: nowMs, &mutation, below)
        mutation.tell(.delete, inode, at: resolved, isDirectory: true)
        mutation.delete(Keys.locator(inode))
        if isEmpty, let row = try view.directory(inode) {
            try freeDirectory(inode, row, view, &mutation)
        } else {
            mutation.put(Keys.reclaim(inode), ReclaimRow(isDirectory: true).image)
            effects.append(.unlinked(inode))
        }
    }

    private static func entry(
        _ resolved: ResolvedPath, nowMs: Int64, _ mutation: inout Mutation, _ removed: Counter
    ) throws(PlanInterrupt) {
        guard let parent = resolved.ancestors.last, let name = resolved.path.name else {
            throw refusal(.io, "the root cannot be removed")
        }
        mutation.delete(Keys.dentry(parent, name))
        Quota.count(-removed, in: resolved.ancestors, children: -1, nowMs: nowMs, &mutation)
    }

    /// Frees a file whose entry is gone: lease, attributes, and its blocks, if few.
    static func freeFile(
        _ inode: InodeID, _ file: FileAttributes, _ view: any MetadataView, _ mutation: inout Mutation,
        _ effects: inout [Effect]
    ) throws(PlanInterrupt) {
        if file.isUnderConstruction {
            mutation.delete(Keys.lease(inode))
            effects.append(.leaseClosed(inode))
        }
        try freeAttributes(inode, hasACL: file.hasACL, hasXAttrs: file.hasXAttrs, view, &mutation)
        if file.hasInlineBlock, let first = try view.fileBlock(inode, 0) { mutation.delete(Keys.inline(first)) }
        guard file.blockCount <= blocksAtOnceMax else {
            mutation.put(Keys.reclaim(inode), ReclaimRow(isDirectory: false).image)
            effects.append(.unlinked(inode))
            return
        }
        try freeBlocks(inode, limit: Int(blocksAtOnceMax), count: Int(file.blockCount), view, &mutation, &effects)
    }

    /// Frees the first blocks of a file, at most `limit`; true when none are left.
    @discardableResult
    static func freeBlocks(
        _ inode: InodeID, limit: Int, count: Int = .max, _ view: any MetadataView, _ mutation: inout Mutation,
        _ effects: inout [Effect]
    ) throws(PlanInterrupt) -> Bool {
        guard count > 0 else { return true }
        let rows = try view.scan(.fileBlock, inode.rawValue, after: nil, limit: limit)
        var blocks: [BlockID] = []
        for row in rows {
            let block = try refusing { () throws(HFSError) in try FileBlockRow(image: row.image).block }
            mutation.delete(Keys.fileBlock(inode, Keys.index(sub: row.sub)))
            mutation.delete(Keys.block(block))
            blocks.append(block)
        }
        if !blocks.isEmpty { effects.append(.blocksRemoved(blocks)) }
        return rows.count < limit
    }

    /// Frees the rows of a directory without entries.
    static func freeDirectory(
        _ inode: InodeID, _ row: DirectoryRow, _ view: any MetadataView, _ mutation: inout Mutation
    ) throws(PlanInterrupt) {
        mutation.delete(Keys.directory(inode))
        mutation.delete(Keys.counter(inode))
        try freeAttributes(inode, hasACL: row.hasACL, hasXAttrs: row.hasXAttrs, view, &mutation)
    }

    private static func freeAttributes(
        _ inode: InodeID, hasACL: Bool, hasXAttrs: Bool, _ view: any MetadataView, _ mutation: inout Mutation
    ) throws(PlanInterrupt) {
        if hasACL { mutation.delete(Keys.acl(inode)) }
        if hasXAttrs { try AttributeRows.free(inode, view, &mutation) }
    }
}
