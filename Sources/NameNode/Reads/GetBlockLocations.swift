import Core
import MetaStore

/// A file with its blocks, for opening it (HDFS `getBlockLocations`).
struct GetBlockLocations: NamespaceRead {
    var caller: Caller
    var path: FilePath
    /// The reader takes the bytes of an inline block at once.
    var wantsInline = false
    /// What runs are known to have read; nil: nothing.
    var reads: TracedReads?

    func run(_ view: any MetadataView) throws(PlanInterrupt) -> FileLayout {
        guard caller.run == nil || caller.isSuperuser else { return try checked(view) }
        switch try target(path, view, ofFile: .read, ofDirectory: .read) {
        case .nothing: throw missing
        case .directory: throw notFile
        case .file(let inode, let raw):
            var layout = try layout(inode, FileAttributes(raw), view)
            try trace(&layout) { (kind, generation) throws(PlanInterrupt) in
                try TracePolicy.event(kind, generation, path, view)
            }
            return layout
        }
    }

    private var missing: PlanInterrupt { refusal(.fileNotFound, "File does not exist: \(path)") }
    private var notFile: PlanInterrupt { refusal(.fileNotFound, "Path is not a file: \(path)") }

    /// One walk says who may read, what is there and what of it is told.
    private func checked(_ view: any MetadataView) throws(PlanInterrupt) -> FileLayout {
        let resolved = try view.resolve(path, rows: true)
        try checker(view).check(resolved, access: .read)
        switch resolved.target {
        case nil: throw missing
        case .directory: throw notFile
        case .file(let inode, let file):
            var layout = try layout(inode, file, view)
            try trace(&layout) { (kind, generation) in TracePolicy.event(kind, generation, resolved) }
            return layout
        }
    }

    /// Says what is to be told of the caller's reading, if anything: most files are opened again and again.
    ///
    /// - Parameter event: makes the event, by the policy of where the file lies; asked when there is news.
    private func trace(
        _ layout: inout FileLayout,
        _ event: (NamespaceEvent.Kind, FileGeneration) throws(PlanInterrupt) -> NamespaceEvent?
    ) throws(PlanInterrupt) {
        guard let run = caller.run else { return }
        let generation = FileGeneration(
            inode: layout.inode, length: layout.file.length, modifiedMs: layout.file.modifiedMs)
        // Bytes that go with the answer are read.
        let isRead = layout.inlineImage != nil
        switch reads?.knowledge(of: generation, by: run) ?? .nothing {
        case .logged: return
        case .read: break
        case .opened where !isRead: break
        default:
            layout.opened = try event(isRead ? .read : .opened, generation)
            guard layout.opened != nil else { return }
        }
        layout.opening = Opening(run: run, generation: generation)
    }

    private func layout(
        _ inode: InodeID, _ file: FileAttributes, _ view: any MetadataView
    ) throws(PlanInterrupt) -> FileLayout {
        guard wantsInline, file.hasInlineBlock else {
            return FileLayout(inode, file, try FileBlocks.all(inode, count: file.blockCount, view))
        }
        return try layoutWithBytes(inode, file, view)
    }

    /// Rows that are not in memory are asked for together.
    private func layoutWithBytes(
        _ inode: InodeID, _ file: FileAttributes, _ view: any MetadataView
    ) throws(PlanInterrupt) -> FileLayout {
        let halves = try view.gather([false, true]) { (isInline, view) throws(PlanInterrupt) -> FileLayout in
            guard isInline else {
                return FileLayout(inode, file, try FileBlocks.all(inode, count: file.blockCount, view))
            }
            guard let block = try view.fileBlock(inode, 0), let image = try view.shared(.inline, block.rawValue) else {
                throw refusal(.corruptMetadata, "the inline block of inode \(inode) has no bytes")
            }
            var layout = FileLayout(inode, file, [])
            layout.inlineImage = image
            return layout
        }
        var layout = halves[0]
        layout.inlineImage = halves[1].inlineImage
        return layout
    }
}
