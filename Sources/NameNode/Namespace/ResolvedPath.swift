import Core

/// What of a path exists: the directories from the root on, and the file that ended the walk.
///
/// Three shapes: `target` exists; a component is missing; a file lies where a directory would have to be (`isBelowFile`).
struct ResolvedPath {
    /// The path with `/.reserved/.inodes/<id>` replaced by what it stands for.
    var path: FilePath
    /// Root first; one for each component that is a directory, the target included.
    var directories: [InodeID]
    /// Attributes of `directories`; empty when the walk was asked to leave them out.
    var rows: [DirectoryRow]
    /// The file at component `directories.count - 1`.
    var file: DentryRow?

    enum Target {
        case directory(InodeID)
        case file(InodeID, FileAttributes)

        var inode: InodeID {
            switch self {
            case .directory(let inode), .file(let inode, _): inode
            }
        }

        var isDirectory: Bool { if case .directory = self { true } else { false } }
    }

    private var count: Int { path.count }

    var target: Target? {
        if directories.count == count + 1 { return directories.last.map { .directory($0) } }
        if directories.count == count, let file, let attributes = file.file { return .file(file.inode, attributes) }
        return nil
    }

    var isMissing: Bool { target == nil }

    /// A component before the last one is a file.
    var isBelowFile: Bool { file != nil && directories.count < count }

    /// The directory that holds, or would hold, the last component; nil for the root and when it is missing.
    var parent: InodeID? { count > 0 && directories.count >= count ? directories[count - 1] : nil }

    /// The directories above the target: those whose counters an entry at the path changes. Only with a parent.
    var ancestors: ArraySlice<InodeID> { directories.prefix(count) }

    var ancestorRows: ArraySlice<DirectoryRow> { rows.prefix(count) }

    /// Which of `directories` is sealed; nil when none is. Needs rows.
    var sealedDepth: Int? { rows.firstIndex { $0.isSealed } }

    /// `hfs.trace` of the nearest directory on the way that has one, the target included; nil when none has. Needs rows.
    var trace: TraceLevel? {
        for row in rows.reversed() { if let trace = row.trace { return trace } }
        return nil
    }

    /// The directory whose index has the attributes of what lies below the first `count` directories. Needs rows.
    func attributeScope(ofFirst count: Int) -> InodeID {
        for depth in rows.indices.prefix(count).reversed() where rows[depth].isProject { return directories[depth] }
        return .root
    }

    /// The path of the directory at `depth`: 0 is the root.
    func prefix(_ depth: Int) -> String { path.prefix(depth).description }

    /// How HDFS names the last component in messages.
    var localName: String { path.name?.description ?? "/" }
}
