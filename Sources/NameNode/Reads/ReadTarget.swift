import Core
import MetaStore

/// What a read finds at a path: a file's attributes in place, valid until the view is asked for anything else.
enum ReadTarget {
    case nothing
    case directory(InodeID)
    case file(InodeID, RawFile)
}

extension MetadataView {
    /// Walks down from the root without looking at anybody's rights. Not for paths below `/.reserved`.
    func target(_ path: FilePath) throws(PlanInterrupt) -> ReadTarget {
        try path.utf8.withUnsafeBufferPointer { (utf8) throws(PlanInterrupt) in
            var names = PathNames(utf8)
            var current = InodeID.root
            while let name = names.next() {
                guard let image = try image(.dentry, current.rawValue, name) else { return .nothing }
                let entry = try refusing { () throws(HFSError) in try RawDentry(decoding: image) }
                if let file = entry.file { return names.next() == nil ? .file(entry.inode, file) : .nothing }
                current = entry.inode
            }
            return .directory(current)
        }
    }
}

extension NamespaceRead {
    /// What lies at `path`, when the caller may go there and has the access asked for to a file or directory.
    func target(
        _ path: FilePath, _ view: any MetadataView, ofFile: AccessMode? = nil, ofDirectory: AccessMode? = nil
    ) throws(PlanInterrupt) -> ReadTarget {
        if caller.isSuperuser, !ReservedNames.begin(path) { return try view.target(path) }
        let resolved = try resolve(path, view)
        try checker(view).check(resolved, access: resolved.target?.isDirectory == true ? ofDirectory : ofFile)
        return try view.target(resolved.path)
    }
}
