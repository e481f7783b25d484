import Core
import MetaStore

/// A block under construction in its writer's hands (HDFS `checkUCBlock`).
enum WritableBlock {
    static func check(
        _ block: Block, holder: String, _ view: any MetadataView
    ) throws(PlanInterrupt) -> (row: BlockRow, file: FileAttributes, resolved: ResolvedPath) {
        guard let row = try view.block(block.id), row.state == .underConstruction else {
            throw refusal(.io, "\(block) does not exist or is not under Construction")
        }
        guard let resolved = try view.resolve(inode: row.inode, rows: false),
            case .file(let inode, let file) = resolved.target, file.isUnderConstruction
        else {
            throw refusal(
                .io, "The file \(block) belonged to does not exist or it is not under construction.")
        }
        guard try view.lease(inode)?.holder == holder else {
            throw refusal(
                .leaseExpired, "Lease mismatch: \(block) is accessed by a non lease holder \(holder)")
        }
        return (row, file, resolved)
    }
}
