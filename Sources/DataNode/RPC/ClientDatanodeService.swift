internal import Core
internal import Transport
internal import WireProtocol

/// `ClientDatanodeProtocol` as far as data paths need it: how much of a replica being written a reader may see. A block that
/// this node does not have may be one that the namenode keeps itself.
struct ClientDatanodeService: RPCService {
    let store: BlockStore
    let inlineBlocks: InlineBlocks

    var protocolName: String { "org.apache.hadoop.hdfs.protocol.ClientDatanodeProtocol" }
    var methodNames: [String] { ["getReplicaVisibleLength"] }

    /// Answers on the event loop: the length is in memory, here or at the namenode.
    func handle(_ call: RPCCall) {
        do throws(HFSError) {
            let request = try call.request(Hadoop_Hdfs_GetReplicaVisibleLengthRequestProto.self)
            let block = try Block(request.block)
            try store.checkPool(block)
            guard store.hasReplica(of: block.id) else { return askForInline(block, call) }
            Self.reply(call, try store.visibleLength(block.id, block.generationStamp))
        } catch { call.fail(error) }
    }

    private func askForInline(_ block: Block, _ call: RPCCall) {
        inlineBlocks.read(block.id, block.generationStamp) { answer in
            switch answer {
            case .success(let bytes?): Self.reply(call, UInt64(bytes.count))
            case .success(nil): call.fail(BlockStore.notFound(block.id, block.generationStamp))
            case .failure(let error):
                let notFound = BlockStore.notFound(block.id, block.generationStamp)
                call.fail(HFSError(notFound.code, notFound.message, cause: error.description))
            }
        }
    }

    private static func reply(_ call: RPCCall, _ length: UInt64) {
        var answer = Hadoop_Hdfs_GetReplicaVisibleLengthResponseProto()
        answer.length = length
        call.reply(answer)
    }
}
