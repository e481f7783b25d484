import Core
import MetaStore

/// The rows of a block whose bytes the namenode keeps.
enum InlineBlock {
    /// Of every such block: the first stamp of all. It is never written again, and stamps that are handed out tell a start that
    /// there are blocks which datanodes must report.
    static let generationStamp = GenerationStamp(IDRange.initial.generationStamp)

    /// Gives a file without blocks one with these bytes; its entry and its length are the caller's to write.
    static func put(
        _ content: InlineRow, in inode: InodeID, _ file: inout FileAttributes, _ inputs: inout PlanInputs,
        _ mutation: inout Mutation
    ) {
        let block = inputs.ids.takeBlock(of: inode)
        let row = BlockRow(
            inode: inode, index: 0, generationStamp: generationStamp, length: UInt64(content.bytes.count),
            replication: file.replication, state: .committed, isInline: true)
        mutation.put(Keys.block(block), row.image)
        mutation.put(Keys.fileBlock(inode, 0), FileBlockRow(block).image)
        mutation.put(Keys.inline(block), content.image)
        file.blockCount = 1
        file.hasInlineBlock = true
    }
}
