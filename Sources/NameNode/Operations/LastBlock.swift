import Core
import MetaStore

/// The end of a file: its last block and, for replay rules, the one before.
struct LastBlock: Sendable {
    var id: BlockID
    var row: BlockRow

    func matches(_ block: Block?) -> Bool { block?.id == id && block?.generationStamp == row.generationStamp }

    var isOpen: Bool { row.state == .underConstruction }

    /// The block `back` places before the end of `file`; nil when it has fewer.
    static func of(
        _ inode: InodeID, _ file: FileAttributes, back: UInt32 = 0, _ view: any MetadataView
    ) throws(PlanInterrupt) -> LastBlock? {
        guard file.blockCount > back else { return nil }
        guard let id = try view.fileBlock(inode, file.blockCount - 1 - back), let row = try view.block(id) else {
            throw refusal(.corruptMetadata, "block \(file.blockCount - 1 - back) of inode \(inode) has no row")
        }
        return LastBlock(id: id, row: row)
    }

    /// Fixes length and stamp of the open block as its writer told them, and takes the file's length along.
    func commit(
        _ told: Block, in file: inout FileAttributes, at resolved: ResolvedPath, _ mutation: inout Mutation
    ) throws(PlanInterrupt) -> Effect? {
        guard isOpen else { return nil }
        guard told.generationStamp == row.generationStamp else {
            throw refusal(
                .io,
                "Commit block with mismatching GS. NN has \(id)_\(row.generationStamp), client submits \(told)")
        }
        guard told.length >= row.length, told.length <= file.blockSize else {
            throw refusal(
                .io,
                "Commit block \(told) with length \(told.length), stored length is \(row.length) and the block size "
                    + "\(file.blockSize)")
        }
        var committed = row
        committed.length = told.length
        committed.state = .committed
        mutation.put(Keys.block(id), committed.image)
        LastBlock.grow(&file, by: Int64(told.length - row.length), at: resolved, &mutation)
        return .blockCommitted(
            id, row.generationStamp, length: told.length, replication: Int(row.replication))
    }

    /// Changes the file's length and what its ancestors count.
    static func grow(
        _ file: inout FileAttributes, by delta: Int64, at resolved: ResolvedPath, _ mutation: inout Mutation
    ) {
        guard delta != 0 else { return }
        file.length = UInt64(Int64(file.length) + delta)
        Quota.count(
            Counter(length: delta, space: delta * Int64(file.replication)), in: resolved.ancestors, &mutation)
    }
}
