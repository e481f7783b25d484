import Core
import Synchronization
import Transport
import WireProtocol

/// A namenode of the tests with one file, behind the real RPC server. Refuses by script.
final class FakeNamenode: RPCService {
    let protocolName = "org.apache.hadoop.hdfs.protocol.ClientProtocol"

    struct Call: Sendable {
        let method: String
        let callID: Int32
        let retryCount: Int32
    }

    private struct State {
        var nodes: [LocatedBlock.Location] = []
        var blocks: [Block] = []
        var nextID: UInt64 = 100
        var stamp: UInt64 = 1001
        var isOpen = true
        var calls: [Call] = []
        /// The next calls of a method fail so, one after another; nil lets one pass.
        var refusals: [String: [HFSError.Code?]] = [:]
        var incompleteAnswers = 0
        var corruptReports: [String] = []
        var excluded: [[String]] = []
        var pipelines: [[String]] = []
        var fsyncs: [Int64] = []
        /// For each answer the nodes that it names; the last one stays.
        var locationAnswers: [[Int]] = []
    }

    private let state = Mutex(State())

    private let inlineBytesMax: UInt32

    /// - Parameter inlineBytesMax: what it says that it keeps itself; it keeps nothing.
    init(nodes: [FakeDatanode], inlineBytesMax: UInt32 = 0) {
        self.inlineBytesMax = inlineBytesMax
        state.withLock { $0.nodes = nodes.map(\.location) }
    }

    func refuse(_ method: String, _ codes: [HFSError.Code?]) { state.withLock { $0.refusals[method] = codes } }
    func answerIncomplete(_ times: Int) { state.withLock { $0.incompleteAnswers = times } }
    func answerLocations(_ nodes: [[Int]]) { state.withLock { $0.locationAnswers = nodes } }

    func calls(_ method: String) -> [Call] { state.withLock { $0.calls.filter { $0.method == method } } }
    var blocks: [Block] { state.withLock { $0.blocks } }
    var isOpen: Bool { state.withLock { $0.isOpen } }
    var corruptReports: [String] { state.withLock { $0.corruptReports } }
    var excluded: [[String]] { state.withLock { $0.excluded } }
    var pipelines: [[String]] { state.withLock { $0.pipelines } }
    var fsyncs: [Int64] { state.withLock { $0.fsyncs } }

    /// Makes the file what a writer left behind.
    func setBlocks(_ blocks: [Block]) {
        state.withLock {
            $0.blocks = blocks
            $0.isOpen = false
        }
    }

    func handle(_ call: RPCCall) {
        let refusal = state.withLock { state -> HFSError.Code? in
            state.calls.append(Call(method: call.method, callID: call.callID, retryCount: call.retryCount))
            guard let codes = state.refusals[call.method], !codes.isEmpty else { return nil }
            return state.refusals[call.method]?.removeFirst() ?? nil
        }
        if let refusal { return call.fail(HFSError(refusal, "scripted")) }
        do throws(HFSError) {
            try answer(call)
        } catch {
            call.fail(error)
        }
    }

    private func answer(_ call: RPCCall) throws(HFSError) {
        switch call.method {
        case "getServerDefaults":
            var answer = Hadoop_Hdfs_GetServerDefaultsResponseProto()
            answer.serverDefaults.blockSize = 1 << 20
            answer.serverDefaults.bytesPerChecksum = 512
            answer.serverDefaults.writePacketSize = 65_536
            answer.serverDefaults.replication = 3
            answer.serverDefaults.fileBufferSize = 4096
            answer.serverDefaults.inlineBytesMax = inlineBytesMax
            call.reply(answer)
        case "create": call.reply(create(try call.request()))
        case "addBlock": call.reply(try addBlock(try call.request()))
        case "abandonBlock":
            state.withLock { _ = $0.blocks.popLast() }
            call.reply(Hadoop_Hdfs_AbandonBlockResponseProto())
        case "complete": call.reply(try complete(try call.request()))
        case "fsync":
            let request: Hadoop_Hdfs_FsyncRequestProto = try call.request()
            state.withLock { $0.fsyncs.append(request.lastBlockLength) }
            call.reply(Hadoop_Hdfs_FsyncResponseProto())
        case "updateBlockForPipeline": call.reply(updateForPipeline())
        case "updatePipeline": call.reply(try updatePipeline(try call.request()))
        case "getAdditionalDatanode": call.reply(try additional(try call.request()))
        case "getBlockLocations": call.reply(locations())
        case "reportBadBlocks":
            let request: Hadoop_Hdfs_ReportBadBlocksRequestProto = try call.request()
            state.withLock { $0.corruptReports += request.blocks.flatMap { $0.locs.map(\.id.datanodeUuid) } }
            call.reply(Hadoop_Hdfs_ReportBadBlocksResponseProto())
        default: throw HFSError(.noSuchMethod, "Unknown method \(call.method)")
        }
    }

    private func create(_ request: Hadoop_Hdfs_CreateRequestProto) -> Hadoop_Hdfs_CreateResponseProto {
        var answer = Hadoop_Hdfs_CreateResponseProto()
        answer.fs =
            FileStatus(
                kind: .file, inode: InodeID(17_000), length: 0, mode: .fileDefault, owner: "u", group: "g",
                modifiedMs: 0,
                accessedMs: 0, replication: 3, blockSize: request.blockSize, childrenCount: -1
            ).proto
        return answer
    }

    private func addBlock(_ request: Hadoop_Hdfs_AddBlockRequestProto) throws(HFSError)
        -> Hadoop_Hdfs_AddBlockResponseProto
    {
        let previous = request.hasPrevious ? try Block(request.previous) : nil
        return state.withLock { state in
            if let previous, !state.blocks.isEmpty { state.blocks[state.blocks.count - 1] = previous }
            let excluded = request.excludeNodes.map(\.id.datanodeUuid)
            state.excluded.append(excluded)
            state.nextID += 1
            let block = Block(
                poolID: "BP", id: BlockID(state.nextID), generationStamp: GenerationStamp(state.stamp), length: 0)
            state.blocks.append(block)
            var answer = Hadoop_Hdfs_AddBlockResponseProto()
            let nodes = state.nodes.filter { !excluded.contains($0.datanode.uuid) }.prefix(3)
            answer.block = LocatedBlock(block: block, offset: 0, locations: Array(nodes)).proto
            return answer
        }
    }

    private func complete(_ request: Hadoop_Hdfs_CompleteRequestProto) throws(HFSError)
        -> Hadoop_Hdfs_CompleteResponseProto
    {
        let last = request.hasLast ? try Block(request.last) : nil
        return state.withLock { state in
            var answer = Hadoop_Hdfs_CompleteResponseProto()
            answer.result = state.incompleteAnswers == 0
            if state.incompleteAnswers > 0 { state.incompleteAnswers -= 1 }
            if answer.result { state.isOpen = false }
            if let last, !state.blocks.isEmpty { state.blocks[state.blocks.count - 1] = last }
            return answer
        }
    }

    private func updateForPipeline() -> Hadoop_Hdfs_UpdateBlockForPipelineResponseProto {
        state.withLock { state in
            state.stamp += 1
            var answer = Hadoop_Hdfs_UpdateBlockForPipelineResponseProto()
            var block = state.blocks[state.blocks.count - 1]
            block.generationStamp = GenerationStamp(state.stamp)
            answer.block = LocatedBlock(block: block, offset: 0, locations: []).proto
            return answer
        }
    }

    private func updatePipeline(
        _ request: Hadoop_Hdfs_UpdatePipelineRequestProto
    ) throws(HFSError) -> Hadoop_Hdfs_UpdatePipelineResponseProto {
        let block = try Block(request.newBlock)
        state.withLock { state in
            state.blocks[state.blocks.count - 1] = block
            state.pipelines.append(request.newNodes.map(\.datanodeUuid))
        }
        return Hadoop_Hdfs_UpdatePipelineResponseProto()
    }

    private func additional(
        _ request: Hadoop_Hdfs_GetAdditionalDatanodeRequestProto
    ) throws(HFSError) -> Hadoop_Hdfs_GetAdditionalDatanodeResponseProto {
        let taken = Set((request.existings + request.excludes).map(\.id.datanodeUuid))
        let existing = Set(request.existings.map(\.id.datanodeUuid))
        let nodes = state.withLock { $0.nodes }
        guard let new = nodes.first(where: { !taken.contains($0.datanode.uuid) }) else {
            throw HFSError(.noDatanodes, "no more datanodes")
        }
        var answer = Hadoop_Hdfs_GetAdditionalDatanodeResponseProto()
        answer.block =
            LocatedBlock(
                block: try Block(request.blk), offset: UInt64.max,
                locations: nodes.filter { existing.contains($0.datanode.uuid) } + [new]
            ).proto
        return answer
    }

    private func locations() -> Hadoop_Hdfs_GetBlockLocationsResponseProto {
        state.withLock { state in
            var nodes = state.nodes
            if let chosen = state.locationAnswers.first {
                nodes = chosen.map { state.nodes[$0] }
                if state.locationAnswers.count > 1 { state.locationAnswers.removeFirst() }
            }
            var offset: UInt64 = 0
            var located: [LocatedBlock] = []
            for block in state.blocks {
                located.append(LocatedBlock(block: block, offset: offset, locations: nodes))
                offset += block.length
            }
            var answer = Hadoop_Hdfs_GetBlockLocationsResponseProto()
            answer.locations =
                LocatedBlocks(
                    fileLength: offset, blocks: located, isUnderConstruction: false, lastBlock: located.last,
                    isLastBlockComplete: true
                ).proto
            return answer
        }
    }
}
