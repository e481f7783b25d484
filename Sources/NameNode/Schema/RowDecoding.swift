import Core
import MetaStore

/// Typed reads of rows; a damaged image ends the operation with `.corruptMetadata`.
extension MetadataView {
    private func decoded<R>(_ key: RowKey, _ decode: ([UInt8]) throws(HFSError) -> R) throws(PlanInterrupt) -> R? {
        guard let image = try row(key) else { return nil }
        return try refusing { () throws(HFSError) -> R in try decode(image) }
    }

    func dentry(_ parent: InodeID, _ name: FileName) throws(PlanInterrupt) -> DentryRow? {
        try decoded(Keys.dentry(parent, name), DentryRow.init(image:))
    }

    func locator(_ inode: InodeID) throws(PlanInterrupt) -> LocatorRow? {
        try decoded(Keys.locator(inode), LocatorRow.init(image:))
    }

    func directory(_ inode: InodeID) throws(PlanInterrupt) -> DirectoryRow? {
        try decoded(Keys.directory(inode), DirectoryRow.init(image:))
    }

    func block(_ block: BlockID) throws(PlanInterrupt) -> BlockRow? {
        try decoded(Keys.block(block), BlockRow.init(image:))
    }

    func fileBlock(_ inode: InodeID, _ index: UInt32) throws(PlanInterrupt) -> BlockID? {
        try decoded(Keys.fileBlock(inode, index), FileBlockRow.init(image:))?.block
    }

    func xattr(
        _ inode: InodeID, _ namespace: ExtendedAttribute.Namespace, _ name: String
    ) throws(PlanInterrupt) -> XAttrRow? {
        try decoded(Keys.xattr(inode, namespace, name), XAttrRow.init(image:))
    }

    func acl(_ inode: InodeID) throws(PlanInterrupt) -> AclRow? { try decoded(Keys.acl(inode), AclRow.init(image:)) }

    func lease(_ inode: InodeID) throws(PlanInterrupt) -> LeaseRow? {
        try decoded(Keys.lease(inode), LeaseRow.init(image:))
    }

    func reclaim(_ inode: InodeID) throws(PlanInterrupt) -> ReclaimRow? {
        try decoded(Keys.reclaim(inode), ReclaimRow.init(image:))
    }
}

/// Runs `body`; its error becomes a refusal of the plan.
func refusing<R>(_ body: () throws(HFSError) -> R) throws(PlanInterrupt) -> R {
    do {
        return try body()
    } catch {
        throw .refused(error)
    }
}
