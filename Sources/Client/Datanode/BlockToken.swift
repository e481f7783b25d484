import Core
import WireProtocol

/// The proof that the namenode allowed access to a block: opaque, handed from its answers to the datanodes. Empty in
/// clusters without block tokens.
struct BlockToken: Sendable {
    let proto: Hadoop_Common_TokenProto

    static let none = BlockToken(.empty)

    init(_ proto: Hadoop_Common_TokenProto) { self.proto = proto }

    func baseHeader(_ block: Block) -> Hadoop_Hdfs_BaseHeaderProto {
        var header = Hadoop_Hdfs_BaseHeaderProto()
        header.block = block.proto
        header.token = proto
        return header
    }

    func header(_ block: Block, clientName: String) -> Hadoop_Hdfs_ClientOperationHeaderProto {
        var header = Hadoop_Hdfs_ClientOperationHeaderProto()
        header.baseHeader = baseHeader(block)
        header.clientName = clientName
        return header
    }
}
