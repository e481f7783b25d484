import Core
import MetaStore

/// A file with its blocks, for opening it (HDFS `getBlockLocations`).
struct GetBlockLocations: NamespaceRead {
    var caller: Caller
    var path: FilePath

    func run(_ view: any MetadataView) throws(PlanInterrupt) -> FileLayout {
        switch try target(path, view, ofFile: .read, ofDirectory: .read) {
        case .nothing: throw refusal(.fileNotFound, "File does not exist: \(path)")
        case .directory: throw refusal(.fileNotFound, "Path is not a file: \(path)")
        case .file(let inode, let raw):
            let file = FileAttributes(raw)
            var layout = FileLayout(inode, file, try FileBlocks.all(inode, count: file.blockCount, view))
            if caller.run != nil { layout.opened = try TracePolicy.opened(inode, file, path, view) }
            return layout
        }
    }
}
