import Core
import MetaStore
import WireProtocol

/// `stat` for the namenode's own use: nil for what does not exist.
struct GetFileInfo: NamespaceRead {
    var caller: Caller
    var path: FilePath

    func run(_ view: any MetadataView) throws(PlanInterrupt) -> FileStatus? {
        let bytes = try EncodeFileInfo(caller: caller, path: path).run(view)
        return try refusing { () throws(HFSError) in try FileInfoResponse(decoding: bytes) }.status
    }
}
