import Core
import MetaStore

/// Who writes the file at a path; nil when nobody does. For the namenode's own use after a refused create or append.
struct LeaseHolder: NamespaceRead {
    struct Lease: Sendable {
        var inode: InodeID
        var holder: String
    }

    var caller: Caller
    var path: FilePath

    func run(_ view: any MetadataView) throws(PlanInterrupt) -> Lease? {
        guard case .file(let inode, let file) = try view.resolve(path, rows: false).target, file.isUnderConstruction,
            let lease = try view.lease(inode)
        else { return nil }
        return Lease(inode: inode, holder: lease.holder)
    }
}
