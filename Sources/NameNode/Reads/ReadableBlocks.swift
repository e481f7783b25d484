import Core
import MetaStore

/// Which of these blocks are, with this stamp, of files that the caller may read. A file that it may not read refuses all:
/// nobody has a say about blocks that it cannot have seen.
struct ReadableBlocks: NamespaceRead {
    var caller: Caller
    var blocks: [Block]

    func run(_ view: any MetadataView) throws(PlanInterrupt) -> [Bool] {
        try view.gather(blocks) { (block, view) throws(PlanInterrupt) in
            guard let row = try view.block(block.id), row.generationStamp == block.generationStamp,
                let resolved = try view.resolve(inode: row.inode, rows: true)
            else { return false }
            try checker(view).check(resolved, access: .read)
            return true
        }
    }
}
