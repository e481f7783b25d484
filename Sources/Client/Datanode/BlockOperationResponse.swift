import Core
import Transport
import WireProtocol

extension BufferedSocketReader {
    /// Reads a datanode's answer to an operation.
    func readResponse() throws(HFSError) -> Hadoop_Hdfs_BlockOpResponseProto {
        try MessageCoding.decode(Hadoop_Hdfs_BlockOpResponseProto.self, from: try readDelimited())
    }
}

extension Hadoop_Hdfs_BlockOpResponseProto {
    /// Throws what the status says: `.invalidToken`, `.replicaNotFound`, else `.remote`, with the node's words.
    func checkSuccess(_ what: String, _ node: DatanodeDescriptor) throws(HFSError) {
        if status == .success { return }
        let code: HFSError.Code =
            switch status {
            case .errorAccessToken: .invalidToken
            case .errorChecksum: .checksumMismatch
            default: message.contains("ReplicaNotFoundException") ? .replicaNotFound : .remote
            }
        throw HFSError(
            code, "\(node.transferAddress) refused to \(what)",
            cause: message.isEmpty ? "status \(status.rawValue)" : message)
    }
}
