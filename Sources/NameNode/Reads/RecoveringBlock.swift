import Core
import MetaStore

/// The open last block of the file at a path; nil when it has none. For the namenode's own use after a call that could not
/// close the file.
struct RecoveringBlock: NamespaceRead {
    var caller: Caller
    var path: FilePath

    func run(_ view: any MetadataView) throws(PlanInterrupt) -> LastBlock? {
        guard case .file(let inode, let file) = try view.resolve(path, rows: false).target, file.isUnderConstruction,
            let last = try LastBlock.of(inode, file, view), last.isOpen
        else { return nil }
        return last
    }
}
