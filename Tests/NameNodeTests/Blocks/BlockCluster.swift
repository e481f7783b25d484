import Core
import Logging
import MetaStore
import Synchronization

@testable import NameNode

/// A block manager over an engine, the one in memory unless said otherwise, with datanodes that tests speak for. Time is the test's; the monitor's thread
/// does not run, `settle` does its work.
final class BlockCluster {
    let clock: ManualClock
    let engine: any MetadataEngine
    let manager: BlockManager
    let sink = RecordingSink()
    private var connections: [Int: UInt64] = [:]
    private var nextConnection: UInt64 = 1

    init(engine: (any MetadataEngine)? = nil, clock: ManualClock = ManualClock(), seed: UInt64 = 1) throws {
        self.clock = clock
        self.engine = try engine ?? MemoryEngine(clock: clock)
        manager = BlockManager(engine: self.engine, clock: clock, logger: Self.quiet, seed: seed)
        manager.setRecoverySink(sink)
        manager.load()
    }

    private static let quiet = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

    /// Lets everything happen that needs no time to pass.
    func settle() async {
        for _ in 0..<4 {
            await flush()
            manager.runDue()
        }
    }

    func advance(byMs ms: Int64) async {
        clock.advance(byMs: ms)
        await settle()
    }

    private func flush() async {
        await withCheckedContinuation { done in
            engine.submit(ReadIdentifiers(), retry: nil) { _ in done.resume() }
        }
    }

    // MARK: Blocks

    /// Writes the row of a new block, committed unless said otherwise.
    func makeBlock(
        length: UInt64 = 10, replication: UInt16 = 3, state: BlockRow.State = .committed, stamp: UInt64 = 1001,
        pipeline: [String] = []
    ) async throws -> BlockID {
        let operation = MakeBlock(
            length: length, replication: replication, state: state, stamp: GenerationStamp(stamp),
            pipeline: pipeline)
        return try await run(operation).block
    }

    func removeBlock(_ block: BlockID) async throws {
        _ = try await run(ChangeBlock(block: block, replication: nil))
        manager.blocksRemoved([block])
    }

    func setReplication(_ block: BlockID, _ replication: UInt16) async throws {
        _ = try await run(ChangeBlock(block: block, replication: replication))
        manager.replicationChanged([block], replication: Int(replication))
    }

    private func run<O: Operation>(_ operation: O) async throws -> O.Reply {
        let outcome: Outcome<O.Reply> = try await withCheckedThrowingContinuation { done in
            engine.submit(operation, retry: nil) { done.resume(with: $0) }
        }
        guard case .done(let reply) = outcome else { throw HFSError(.io, "replayed") }
        return reply
    }

    // MARK: Datanodes

    static func descriptor(_ number: Int) -> DatanodeDescriptor {
        DatanodeDescriptor(
            uuid: "node-\(number)", address: "10.0.0.\(number)", hostName: "host-\(number)",
            transferPort: UInt16(9000 + number), httpPort: 1, rpcPort: 2)
    }

    static func location(_ number: Int) -> LocatedBlock.Location {
        LocatedBlock.Location(datanode: descriptor(number), storageID: "DS-\(number)", storageKind: .disk)
    }

    static func storage(_ number: Int, remaining: UInt64 = 1 << 40) -> StorageReport {
        StorageReport(
            storageID: "DS-\(number)", capacityBytes: 1 << 41, usedBytes: (1 << 41) - remaining,
            remainingBytes: remaining)
    }

    func connection(_ node: Int) -> DatanodeConnection { DatanodeConnection(connections[node] ?? 0) }

    /// Registers a node on a new connection, without any report.
    @discardableResult
    func register(_ node: Int, remaining: UInt64 = 1 << 40) throws -> Bool {
        connections[node] = nextConnection
        nextConnection += 1
        return try manager.register(
            Self.descriptor(node), [Self.storage(node, remaining: remaining)], on: connection(node))
    }

    /// Registers a node and reports all it has.
    func join(_ node: Int, replicas: [ReportedReplica] = []) throws {
        try register(node)
        try report(node, replicas)
    }

    func report(_ node: Int, _ replicas: [ReportedReplica]) throws {
        try manager.bucketContents(
            "node-\(node)", storageID: "DS-\(node)", buckets: Array(0..<Limits.blockReportBuckets), replicas,
            isLast: true,
            on: connection(node))
    }

    func received(_ node: Int, _ block: BlockID, stamp: UInt64 = 1001, length: UInt64 = 10) throws {
        try change(node, .received, block, stamp: stamp, length: length)
    }

    func change(
        _ node: Int, _ kind: ReplicaChange.Kind, _ block: BlockID, stamp: UInt64 = 1001, length: UInt64 = 10
    ) throws {
        let replica = ReportedReplica(block: block, generationStamp: GenerationStamp(stamp), length: length)
        try manager.replicasChanged(
            "node-\(node)", [ReplicaChange(kind: kind, replica: replica, storageID: "DS-\(node)")], on: connection(node)
        )
    }

    func heartbeat(_ node: Int) throws -> [DatanodeCommand] {
        try manager.heartbeat("node-\(node)", [Self.storage(node)], transfers: 0, on: connection(node)) ?? []
    }

    func disconnect(_ node: Int) {
        manager.connectionClosed(connection(node))
        connections[node] = nil
    }

    /// Nodes that a reader is sent to, by number.
    func holders(_ block: BlockID, stamp: UInt64 = 1001, reader: String? = nil) -> [Int] {
        manager.locations(of: block, generationStamp: GenerationStamp(stamp), reader: reader).locations
            .compactMap { Int($0.datanode.uuid.dropFirst(5)) }
    }
}

/// Keeps what recoveries ended in.
final class RecordingSink: RecoverySink {
    struct Result: Hashable, Sendable {
        var block: BlockID
        var newStamp: GenerationStamp
        var length: UInt64
        var deleteBlock: Bool
        var nodes: [String]
    }

    private let all = Mutex<[Result]>([])
    var results: [Result] { all.withLock { $0 } }

    func recoveryCommitted(
        block: BlockID, newStamp: GenerationStamp, length: UInt64, deleteBlock: Bool, locations: [LocatedBlock.Location]
    ) {
        let result = Result(
            block: block, newStamp: newStamp, length: length, deleteBlock: deleteBlock,
            nodes: locations.map(\.datanode.uuid))
        all.withLock { $0.append(result) }
    }
}

private struct MakeBlock: Operation {
    struct Reply: OperationReply {
        var block: BlockID

        func wireBytes() -> [UInt8] { [] }
    }

    var length: UInt64
    var replication: UInt16
    var state: BlockRow.State
    var stamp: GenerationStamp
    var pipeline: [String]
    let origin = EditOrigin(user: "test")

    func plan(_ view: any MetadataView, _ inputs: inout PlanInputs) throws(PlanInterrupt) -> Planned<Reply> {
        let block = inputs.ids.takeBlock(of: InodeID(sequence: 70, shard: VirtualShard(2)))
        // As every block for datanodes does.
        _ = inputs.ids.takeGenerationStamp()
        let row = BlockRow(
            inode: InodeID(sequence: 70, shard: VirtualShard(2)), index: 0, generationStamp: stamp, length: length,
            replication: replication, state: state, pipeline: pipeline)
        var mutation = Mutation()
        mutation.put(Keys.block(block), row.image)
        return Planned(mutation, Reply(block: block))
    }
}

/// Sets a block's replication, or with nil deletes its row.
private struct ChangeBlock: Operation {
    var block: BlockID
    var replication: UInt16?
    let origin = EditOrigin(user: "test")

    func plan(_ view: any MetadataView, _ inputs: inout PlanInputs) throws(PlanInterrupt) -> Planned<NoReply> {
        var mutation = Mutation()
        if let replication, var row = try view.block(block) {
            row.replication = replication
            mutation.put(Keys.block(block), row.image)
        } else {
            mutation.delete(Keys.block(block))
        }
        return Planned(mutation, NoReply())
    }
}
