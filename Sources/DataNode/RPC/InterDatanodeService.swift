internal import Core
internal import Transport
internal import WireProtocol

/// `hfs.InterDatanodeProtocol`: what the primary of a block recovery asks of the other datanodes.
struct InterDatanodeService: RPCService {
    static let name = "hfs.InterDatanodeProtocol"

    let store: BlockStore
    let reporter: any ReplicaReporter
    /// Both calls wait for writers and disks.
    let pool: ThreadPool

    var protocolName: String { Self.name }
    var methodNames: [String] { ["initRecovery", "finishRecovery"] }

    func handle(_ call: RPCCall) {
        do throws(HFSError) {
            try pool.submit { [self] in
                do throws(HFSError) {
                    if call.method == "initRecovery" { try begin(call) } else { try finish(call) }
                } catch { call.fail(error) }
            }
        } catch { call.fail(error) }
    }

    private func begin(_ call: RPCCall) throws(HFSError) {
        let request = try call.request(Hfs_Datanode_InitRecoveryRequest.self)
        let block = BlockID(request.block.blockID)
        try checkPool(request.poolID, request.block)
        let state = try store.beginRecovery(
            block, GenerationStamp(request.block.generationStamp), recoveryID: GenerationStamp(request.recoveryID))
        var answer = Hfs_Datanode_InitRecoveryResponse()
        answer.found = state != nil
        if let state {
            answer.state = Hfs_Datanode_ReportedState(rawValue: Int(state.state.rawValue)) ?? .rwr
            answer.block = NamenodeCalls.ref(block, state.generationStamp, state.length)
        }
        call.reply(answer)
    }

    private func finish(_ call: RPCCall) throws(HFSError) {
        let request = try call.request(Hfs_Datanode_FinishRecoveryRequest.self)
        try checkPool(request.poolID, request.block)
        var answer = Hfs_Datanode_FinishRecoveryResponse()
        answer.storageID = try store.finishRecovery(
            BlockID(request.block.blockID), recoveryID: GenerationStamp(request.recoveryID), length: request.length,
            reporter)
        call.reply(answer)
    }

    private func checkPool(_ poolID: String, _ ref: Hfs_Datanode_BlockRef) throws(HFSError) {
        try store.checkPool(
            Block(
                poolID: poolID, id: BlockID(ref.blockID), generationStamp: GenerationStamp(ref.generationStamp),
                length: ref.length))
    }
}
