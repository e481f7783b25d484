internal import Core
internal import Transport
internal import WireProtocol

/// `ClientDatanodeProtocol` as far as data paths need it: how much of a replica being written a reader may see.
struct ClientDatanodeService: RPCService {
    let store: BlockStore

    var protocolName: String { "org.apache.hadoop.hdfs.protocol.ClientDatanodeProtocol" }
    var methodNames: [String] { ["getReplicaVisibleLength"] }

    /// Answers on the event loop: the length is in memory.
    func handle(_ call: RPCCall) {
        do throws(HFSError) {
            let request = try call.request(Hadoop_Hdfs_GetReplicaVisibleLengthRequestProto.self)
            let block = try Block(request.block)
            try store.checkPool(block)
            var answer = Hadoop_Hdfs_GetReplicaVisibleLengthResponseProto()
            answer.length = try store.visibleLength(block.id, block.generationStamp)
            call.reply(answer)
        } catch { call.fail(error) }
    }
}
