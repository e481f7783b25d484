import Core
import MetaStore

/// Commits the block before and appends a new one (HDFS `addBlock`), with the replay rules of `analyzeFileState`:
/// a call that looks like the one before gets the same block again.
struct AddBlock: NamespaceOperation {
    var caller: Caller
    var rules: NamespaceRules
    var path: FilePath
    var inode: InodeID?
    var holder: String
    var previous: Block?
    /// Where the block would go, chosen before; or why there is nowhere.
    var targets: Result<[LocatedBlock.Location], HFSError>
    /// For messages.
    var openFilesOfHolder = 0
    /// A repeated call gives its block `targets` as a new pipeline: the first one is not known any more.
    var replacesPipeline = false

    func plan(_ view: any MetadataView, _ inputs: inout PlanInputs) throws(PlanInterrupt) -> Planned<Answer> {
        let resolved = try view.resolveFile(path, inode: inode)
        var (id, file, _) = try LeaseRules.check(
            resolved, path: path, inode: inode, holder: holder, openFiles: openFilesOfHolder, view)
        guard let resolved else { throw refusal(.fileNotFound, "File does not exist: \(path)") }
        let last = try LastBlock.of(id, file, view)
        if let replayed = try replay(id, file, last, view) { return replayed }
        guard file.blockCount < rules.fileBlocksMax else {
            throw refusal(
                .io,
                "File has reached the limit on maximum number of blocks "
                    + "(dfs.namenode.fs-limits.max-blocks-per-file): \(file.blockCount) >= \(rules.fileBlocksMax)")
        }
        var mutation = Mutation()
        var effects: [Effect] = []
        if let last, let previous, let effect = try last.commit(previous, in: &file, at: resolved, view, &mutation) {
            effects.append(effect)
        }
        let space = Quota.product(Int64(clamping: file.blockSize), Int64(file.replication))
        try Quota.check(resolved, Counter(space: space), view)
        let locations = try refusing { () throws(HFSError) in try targets.get() }
        let block = inputs.ids.takeBlock(of: id)
        let stamp = inputs.ids.takeGenerationStamp()
        let row = BlockRow(
            inode: id, index: file.blockCount, generationStamp: stamp, replication: file.replication,
            pipeline: locations.map(\.datanode.uuid))
        mutation.put(Keys.block(block), row.image)
        mutation.put(Keys.fileBlock(id, file.blockCount), FileBlockRow(block).image)
        file.blockCount += 1
        mutation.put(file, id, at: resolved)
        mutation.tell(.addBlock, id, at: resolved, .text(block.description))
        effects.append(.blockAllocated(block, stamp, locations))
        let allocated = AllocatedBlock(
            block: Block(poolID: rules.poolID, id: block, generationStamp: stamp, length: 0), offset: file.length,
            targets: locations)
        return Planned(mutation, Answer(.block(allocated), effects))
    }

    /// The last block again, when this call is a repetition; nil when a new one is due.
    private func replay(
        _ id: InodeID, _ file: FileAttributes, _ last: LastBlock?, _ view: any MetadataView
    ) throws(PlanInterrupt) -> Planned<Answer>? {
        guard let last else {
            guard let previous else { return nil }
            throw mismatch(previous, nil)
        }
        if last.matches(previous) { return nil }
        // An append starts behind a committed block and names none.
        if previous == nil, !last.isOpen { return nil }
        let before = try LastBlock.of(id, file, back: 1, view)
        guard last.isOpen, previous == nil || before?.matches(previous) == true else { throw mismatch(previous, last) }
        guard last.row.length == 0 else {
            throw refusal(
                .io,
                "Request looked like a retry to allocate block \(last.id)_\(last.row.generationStamp) but it already "
                    + "contains \(last.row.length) bytes")
        }
        let block = Block(
            poolID: rules.poolID, id: last.id, generationStamp: last.row.generationStamp, length: 0)
        guard replacesPipeline else {
            return .unchanged(.block(AllocatedBlock(block: block, offset: file.length, targets: [])))
        }
        let locations = try refusing { () throws(HFSError) in try targets.get() }
        var row = last.row
        // The nodes of the first pipeline may have bytes too.
        row.pipeline += locations.map(\.datanode.uuid).filter { !row.pipeline.contains($0) }
        guard row.pipeline.count <= Limits.replicationMax else {
            throw refusal(.io, "Block \(last.id) was given \(row.pipeline.count) datanodes already")
        }
        var mutation = Mutation()
        mutation.put(Keys.block(last.id), row.image)
        let allocated = AllocatedBlock(block: block, offset: file.length, targets: locations)
        return Planned(
            mutation, Answer(.block(allocated), [.blockAllocated(last.id, row.generationStamp, locations)]))
    }

    private func mismatch(_ previous: Block?, _ last: LastBlock?) -> PlanInterrupt {
        refusal(
            .io,
            "Cannot allocate block in \(path): passed 'previous' block \(previous?.description ?? "null") does not match "
                + "actual last block in file \(last.map { "\($0.id)_\($0.row.generationStamp)" } ?? "null")")
    }
}
