import Core
import MetaStore
import WireProtocol

/// `stat`, from row image to answer in one pass: the bytes of `GetFileInfoResponseProto`, none for what does not exist (HDFS
/// `getFileInfo`).
struct EncodeFileInfo: NamespaceRead {
    var caller: Caller
    var path: FilePath

    func run(_ view: any MetadataView) throws(PlanInterrupt) -> [UInt8] {
        let noName = UnsafeRawBufferPointer(start: nil, count: 0)
        switch try target(path, view) {
        case .nothing: return []
        case .file(let inode, let file): return file.status(inode, name: noName).fileInfoResponse
        case .directory(let inode):
            return try view.directoryStatus(inode, name: noName)?.fileInfoResponse ?? []
        }
    }
}

extension MetadataView {
    /// What `stat` shows of a directory, in place: valid until the view is asked for anything else.
    func directoryStatus(
        _ inode: InodeID, name: UnsafeRawBufferPointer
    ) throws(PlanInterrupt) -> RawFileStatus? {
        let counter = try counter(inode.rawValue)
        guard let image = try image(.directory, inode.rawValue, UnsafeRawBufferPointer(start: nil, count: 0)) else {
            return nil
        }
        return try refusing { () throws(HFSError) in try RawDirectory(decoding: image) }.status(
            inode, counter, name: name)
    }
}
