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
        _ told: Block, in file: inout FileAttributes, at resolved: ResolvedPath, _ view: any MetadataView,
        _ mutation: inout Mutation
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
        try LastBlock.grow(&file, from: row.length, to: told.length, at: resolved, view, &mutation)
        return .blockCommitted(
            id, row.generationStamp, length: told.length, replication: Int(row.replication))
    }

    /// Takes a longer last block into the file's length and what its ancestors count. Lengths come from outside: what no
    /// counter could hold is refused.
    static func grow(
        _ file: inout FileAttributes, from before: UInt64, to after: UInt64, at resolved: ResolvedPath,
        _ view: any MetadataView, _ mutation: inout Mutation
    ) throws(PlanInterrupt) {
        guard after > before else { return }
        let (length, overflow) = file.length.addingReportingOverflow(after - before)
        let (space, spaceOverflow) = Int64(clamping: length).multipliedReportingOverflow(by: Int64(file.replication))
        guard !overflow, !spaceOverflow else {
            throw refusal(
                .io, "\(resolved.path) would be longer than a file can be: \(file.length) + \(after - before) bytes")
        }
        let delta = Counter(length: Int64(after - before), space: space - file.space)
        try Quota.checkTotal(delta, view)
        file.length = length
        Quota.count(delta, in: resolved.ancestors, &mutation)
    }
}
