import Core
import Testing
import WireProtocol

@testable import NameNode

/// Five datanodes that do what they are told, or lose it, under random faults, beside the block manager.
///
/// The nodes' disks are the truth: whatever the manager believes, a committed block must keep a good replica on some disk.
final class ReplicaSimulation {
    struct Disk {
        var replicas: [BlockID: (length: UInt64, isGood: Bool)] = [:]
        var isUp = true
    }

    struct Expected {
        var replication: Int
        var length: UInt64
    }

    private(set) var cluster: BlockCluster
    private(set) var disks: [Disk]
    private(set) var blocks: [BlockID: Expected] = [:]
    private var random: RandomSource
    private let seed: UInt64
    let nodeCount = 5

    init(seed: UInt64) throws {
        self.seed = seed
        random = RandomSource(seed: seed)
        cluster = try BlockCluster(seed: seed)
        disks = Array(repeating: Disk(), count: nodeCount)
        for node in 0..<nodeCount { try cluster.join(node) }
    }

    private func chance(_ oneIn: Int) -> Bool { Int.random(in: 0..<oneIn, using: &random) == 0 }
    private var someBlock: BlockID? { blocks.keys.sorted().randomElement(using: &random) }

    /// One random event.
    func step() async throws {
        switch Int.random(in: 0..<12, using: &random) {
        case 0, 1, 2: try await write()
        case 3: try goDown()
        case 4: try await comeUp()
        case 5: try await changeReplication()
        case 6: try await remove()
        case 7: try corrupt()
        case 8 where chance(3): try await restart()
        default: try await pass(ms: Int64.random(in: 100...40_000, using: &random), isFaulty: true)
        }
        await cluster.settle()
        checkNothingLost()
    }

    /// Ends all faults and lets the cluster repair itself.
    func repair() async throws {
        for node in 0..<nodeCount where !disks[node].isUp { try await start(node) }
        for node in 0..<nodeCount { try await report(node, registers: false) }
        for _ in 0..<80 { try await pass(ms: 10_000, isFaulty: false) }
    }

    func checkRepaired() {
        for (block, expected) in blocks {
            let good = (0..<nodeCount).filter { disks[$0].replicas[block]?.isGood == true }
            let bad = (0..<nodeCount).filter { disks[$0].replicas[block]?.isGood == false }
            #expect(good.count == min(expected.replication, nodeCount), "\(block) on \(good), seed \(seed)")
            #expect(bad.isEmpty, "\(block) is still bad on \(bad), seed \(seed)")
            #expect(cluster.holders(block).sorted() == good, "\(block), seed \(seed)")
        }
        for disk in disks { #expect(disk.replicas.keys.allSatisfy { blocks[$0] != nil }, "seed \(seed)") }
        let figures = cluster.manager.statistics()
        #expect(figures.underReplicatedBlocks == 0 && figures.pendingDeletionReplicas == 0, "seed \(seed)")
        #expect(figures.pendingReplicationBlocks == 0 && figures.corruptReplicas == 0, "seed \(seed)")
    }

    private func checkNothingLost() {
        for block in blocks.keys {
            #expect(disks.contains { $0.replicas[block]?.isGood == true }, "\(block) is lost, seed \(seed)")
        }
    }

    // MARK: Events

    private func write() async throws {
        let length = UInt64.random(in: 1...100, using: &random)
        let replication = Int.random(in: 1...3, using: &random)
        let request = PlacementRequest(writer: nil, replication: replication, blockSize: 100)
        guard let targets = try? cluster.manager.chooseTargets(request) else { return }
        let block = try await cluster.makeBlock(length: length, replication: UInt16(replication))
        cluster.manager.blockAllocated(block, GenerationStamp(1001), pipeline: targets)
        let nodes = targets.compactMap { Int($0.datanode.uuid.dropFirst(5)) }
        for (index, node) in nodes.enumerated() {
            // A node that fails during the write keeps a shorter replica.
            let isGood = index == 0 || !chance(8)
            disks[node].replicas[block] = (isGood ? length : length / 2, isGood)
            if !chance(6) || index == 0 { try cluster.received(node, block, length: isGood ? length : length / 2) }
        }
        blocks[block] = Expected(replication: replication, length: length)
        cluster.manager.blockCommitted(block, GenerationStamp(1001), length: length, replication: replication)
    }

    private func goDown() throws {
        let up = (0..<nodeCount).filter { disks[$0].isUp }
        guard up.count > 3, let node = up.randomElement(using: &random) else { return }
        stop(node)
    }

    private func stop(_ node: Int) {
        disks[node].isUp = false
        cluster.disconnect(node)
    }

    private func comeUp() async throws {
        guard let node = (0..<nodeCount).first(where: { !disks[$0].isUp }) else { return }
        try await start(node)
    }

    private func start(_ node: Int) async throws {
        disks[node].isUp = true
        try await report(node)
    }

    private func report(_ node: Int, registers: Bool = true) async throws {
        if registers { try cluster.register(node) }
        var hashes = Array(repeating: UInt64(0), count: Limits.blockReportBuckets)
        for (block, replica) in disks[node].replicas {
            hashes[BlockReportHash.bucket(of: block)] &+= BlockReportHash.contribution(
                block, GenerationStamp(1001), length: replica.length)
        }
        let uuid = "node-\(node)"
        let differing = try cluster.manager.bucketReport(
            uuid, storageID: "DS-\(node)", hashes: hashes, on: cluster.connection(node))
        let replicas = disks[node].replicas.sorted { $0.key < $1.key }
            .filter { differing.contains(BlockReportHash.bucket(of: $0.key)) }
            .map { ReportedReplica(block: $0.key, generationStamp: GenerationStamp(1001), length: $0.value.length) }
        try cluster.manager.bucketContents(
            uuid, storageID: "DS-\(node)", buckets: differing, replicas, isLast: true, on: cluster.connection(node))
        await cluster.settle()
        for replica in replicas where disks[node].replicas[replica.block]?.isGood == false {
            try tellBad(node, replica.block)
        }
        await cluster.settle()
    }

    private func changeReplication() async throws {
        guard let block = someBlock else { return }
        let replication = Int.random(in: 1...4, using: &random)
        blocks[block]?.replication = replication
        try await cluster.setReplication(block, UInt16(replication))
    }

    private func remove() async throws {
        guard let block = someBlock else { return }
        blocks[block] = nil
        try await cluster.removeBlock(block)
    }

    private func corrupt() throws {
        guard let block = someBlock else { return }
        let usable = cluster.holders(block).filter { disks[$0].isUp && disks[$0].replicas[block]?.isGood == true }
        guard usable.count >= 2, let node = usable.randomElement(using: &random) else { return }
        disks[node].replicas[block]?.isGood = false
        try tellBad(node, block)
    }

    private func tellBad(_ node: Int, _ block: BlockID) throws {
        guard let replica = disks[node].replicas[block] else { return }
        let version = BlockVersion(id: block, generationStamp: GenerationStamp(1001), length: replica.length)
        try cluster.manager.badReplicas(
            "node-\(node)", storageID: "DS-\(node)", [version], on: cluster.connection(node))
    }

    /// The namenode starts again and knows nothing.
    private func restart() async throws {
        cluster = try BlockCluster(
            engine: cluster.engine, clock: cluster.clock, seed: UInt64.random(in: 0..<1000, using: &random))
        await cluster.settle()
        for node in 0..<nodeCount where disks[node].isUp { try await report(node) }
    }

    /// Time passes; the nodes that are up call and do what they are told. With faults some commands get lost, with or without
    /// their connection.
    private func pass(ms: Int64, isFaulty: Bool) async throws {
        var left = ms
        while left > 0 {
            await cluster.advance(byMs: min(left, 5000))
            left -= 5000
            for node in 0..<nodeCount where disks[node].isUp {
                let commands = try cluster.heartbeat(node)
                if isFaulty, !commands.isEmpty, chance(10) {
                    stop(node)
                    try await start(node)
                    continue
                }
                for command in commands { try run(command, on: node, isFaulty: isFaulty) }
            }
            await cluster.settle()
        }
    }

    private func run(_ command: DatanodeCommand, on node: Int, isFaulty: Bool) throws {
        switch command {
        case .invalidate(let doomed):
            for block in doomed {
                disks[node].replicas[block.id] = nil
                try cluster.change(node, .deleted, block.id, length: block.length)
            }
        case .transfer(let block, let targets):
            guard let source = disks[node].replicas[block.id] else { return }
            guard source.isGood else { return try tellBad(node, block.id) }
            for target in targets {
                guard let other = Int(target.datanode.uuid.dropFirst(5)), disks[other].isUp, !(isFaulty && chance(6))
                else {
                    continue
                }
                disks[other].replicas[block.id] = source
                try cluster.received(other, block.id, length: source.length)
            }
        case .recover, .sendBuckets: break
        }
    }
}

@Suite struct ReplicaSimulationTests {
    @Test(
        "Under random faults no committed block loses its last good replica, and the cluster repairs itself",
        arguments: 0..<40)
    func faults(seed: Int) async throws {
        let simulation = try ReplicaSimulation(seed: UInt64(seed))
        for _ in 0..<120 { try await simulation.step() }
        try await simulation.repair()
        simulation.checkRepaired()
    }
}
