import Core
import MetaStore

/// Typed reads of rows; a damaged image ends the operation with `.corruptMetadata`.
extension MetadataView {
    @inline(__always)
    private func decoded<R: StoredRow>(
        _ table: Table, _ id: UInt64, _ sub: UnsafeRawBufferPointer = UnsafeRawBufferPointer(start: nil, count: 0)
    ) throws(PlanInterrupt) -> R? {
        guard let image = try image(table, id, sub) else { return nil }
        do throws(HFSError) {
            return try R(decoding: image)
        } catch {
            throw .refused(error)
        }
    }

    @inline(__always)
    private func decoded<R: StoredRow>(_ key: RowKey) throws(PlanInterrupt) -> R? {
        try key.sub.withUnsafeBufferPointer { sub throws(PlanInterrupt) in
            try decoded(key.table, key.id, UnsafeRawBufferPointer(sub))
        }
    }

    func dentry(_ parent: InodeID, _ name: UnsafeRawBufferPointer) throws(PlanInterrupt) -> DentryRow? {
        try decoded(.dentry, parent.rawValue, name)
    }

    func dentry(_ parent: InodeID, _ name: FileName) throws(PlanInterrupt) -> DentryRow? {
        try decoded(Keys.dentry(parent, name))
    }

    func locator(_ inode: InodeID) throws(PlanInterrupt) -> LocatorRow? { try decoded(.locator, inode.rawValue) }

    func directory(_ inode: InodeID) throws(PlanInterrupt) -> DirectoryRow? { try decoded(.directory, inode.rawValue) }

    func block(_ block: BlockID) throws(PlanInterrupt) -> BlockRow? { try decoded(.block, block.rawValue) }

    func inline(_ block: BlockID) throws(PlanInterrupt) -> InlineRow? { try decoded(.inline, block.rawValue) }

    func fileBlock(_ inode: InodeID, _ index: UInt32) throws(PlanInterrupt) -> BlockID? {
        let row: FileBlockRow? = try decoded(Keys.fileBlock(inode, index))
        return row?.block
    }

    func xattr(
        _ inode: InodeID, _ namespace: ExtendedAttribute.Namespace, _ name: String
    ) throws(PlanInterrupt) -> XAttrRow? {
        try decoded(Keys.xattr(inode, namespace, name))
    }

    func acl(_ inode: InodeID) throws(PlanInterrupt) -> AclRow? { try decoded(.acl, inode.rawValue) }

    func lease(_ inode: InodeID) throws(PlanInterrupt) -> LeaseRow? { try decoded(Keys.lease(inode)) }

    func run(_ id: RunID) throws(PlanInterrupt) -> RunRow? { try decoded(Keys.run(id)) }

    /// Whether a run is live: the look of each change in its name, so nothing is copied for it.
    func isRunning(_ id: RunID) throws(PlanInterrupt) -> Bool {
        try withUnsafeBytes(of: Keys.bits(of: id).bigEndian) { sub throws(PlanInterrupt) in
            guard let image = try image(.run, 0, sub) else { return false }
            return RunRow.isRunning(image)
        }
    }

    func token(_ number: UInt32) throws(PlanInterrupt) -> TokenRow? { try decoded(Keys.token(number)) }

    func cursor(_ name: String) throws(PlanInterrupt) -> CursorRow? { try decoded(Keys.cursor(name)) }

    func reclaim(_ inode: InodeID) throws(PlanInterrupt) -> ReclaimRow? { try decoded(Keys.reclaim(inode)) }
}

/// Runs `body`; its error becomes a refusal of the plan.
func refusing<R>(_ body: () throws(HFSError) -> R) throws(PlanInterrupt) -> R {
    do {
        return try body()
    } catch {
        throw .refused(error)
    }
}
