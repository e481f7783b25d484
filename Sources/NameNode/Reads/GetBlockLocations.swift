import Core
import MetaStore

/// A file with its blocks, for opening it (HDFS `getBlockLocations`).
struct GetBlockLocations: NamespaceRead {
    var caller: Caller
    var path: FilePath
    /// The reader takes the bytes of an inline block at once.
    var wantsInline = false

    func run(_ view: any MetadataView) throws(PlanInterrupt) -> FileLayout {
        switch try target(path, view, ofFile: .read, ofDirectory: .read) {
        case .nothing: throw refusal(.fileNotFound, "File does not exist: \(path)")
        case .directory: throw refusal(.fileNotFound, "Path is not a file: \(path)")
        case .file(let inode, let raw):
            let file = FileAttributes(raw)
            var layout =
                wantsInline && file.hasInlineBlock
                ? try layoutWithBytes(inode, file, view)
                : FileLayout(inode, file, try FileBlocks.all(inode, count: file.blockCount, view))
            if caller.run != nil { layout.opened = try TracePolicy.opened(inode, file, path, view) }
            return layout
        }
    }

    /// Rows that are not in memory are asked for together.
    private func layoutWithBytes(
        _ inode: InodeID, _ file: FileAttributes, _ view: any MetadataView
    ) throws(PlanInterrupt) -> FileLayout {
        let halves = try view.gather([false, true]) { (isInline, view) throws(PlanInterrupt) -> FileLayout in
            guard isInline else {
                return FileLayout(inode, file, try FileBlocks.all(inode, count: file.blockCount, view))
            }
            guard let block = try view.fileBlock(inode, 0), let row = try view.inline(block) else {
                throw refusal(.corruptMetadata, "the inline block of inode \(inode) has no bytes")
            }
            var layout = FileLayout(inode, file, [])
            layout.inline = row
            return layout
        }
        var layout = halves[0]
        layout.inline = halves[1].inline
        return layout
    }
}
