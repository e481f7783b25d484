import Core
import Testing
import WireProtocol

@testable import NameNode

@Suite struct ReplicaMapTests {
    /// The same content kept the plain way.
    private struct Model {
        var replicas: [UInt16: [BlockID: (stamp: UInt64, length: UInt64, state: ReplicaState)]] = [:]

        func hashes(_ storage: UInt16) -> [UInt64] {
            var hashes = Array(repeating: UInt64(0), count: Limits.blockReportBuckets)
            for (block, replica) in replicas[storage] ?? [:] where replica.state == .finalized {
                hashes[BlockReportHash.bucket(of: block)] &+= BlockReportHash.contribution(
                    block, GenerationStamp(replica.stamp), length: replica.length)
            }
            return hashes
        }
    }

    private func addStorage(_ map: inout ReplicaMap) throws -> StorageIndex {
        let added = map.addStorage()
        return try #require(added)
    }

    @Test("After any sequence of changes lookups, chains and bucket hashes agree with a plain model", arguments: 0..<20)
    func randomChanges(seed: Int) throws {
        var random = RandomSource(seed: UInt64(seed))
        var map = ReplicaMap()
        var model = Model()
        var storages: [StorageIndex] = []
        for _ in 0..<4 { storages.append(try addStorage(&map)) }
        for _ in 0..<3000 {
            let storage = storages[Int.random(in: 0..<4, using: &random)]
            let block = BlockID(sequence: UInt64.random(in: 1...150, using: &random), shard: VirtualShard(3))
            if Int.random(in: 0..<3, using: &random) == 0 {
                let gone = map.remove(block, from: storage)
                let expected = model.replicas[storage.rawValue]?.removeValue(forKey: block)
                #expect((gone != nil) == (expected != nil), "seed \(seed)")
            } else {
                let stamp = UInt64.random(in: 1001...1003, using: &random)
                let length = UInt64.random(in: 0...2, using: &random)
                let state: ReplicaState = Bool.random(using: &random) ? .finalized : .rbw
                map.put(block, on: storage, stamp: GenerationStamp(stamp), length: length, state: state)
                model.replicas[storage.rawValue, default: [:]][block] = (stamp, length, state)
            }
        }
        #expect(map.replicaCount == model.replicas.values.reduce(0) { $0 + $1.count }, "seed \(seed)")
        for storage in storages {
            let known = model.replicas[storage.rawValue] ?? [:]
            #expect(map.hashes(of: storage) == model.hashes(storage.rawValue), "seed \(seed)")
            #expect(map.count(in: storage) == known.count, "seed \(seed)")
            let listed = (0..<Limits.blockReportBuckets).flatMap { map.blocks(in: storage, bucket: $0) }
            #expect(listed.sorted() == known.keys.sorted(), "seed \(seed)")
            for (block, expected) in known {
                let replica = try #require(map.replica(of: block, on: storage), "seed \(seed)")
                #expect(replica.stamp == expected.stamp && replica.length == expected.length, "seed \(seed)")
                #expect(replica.state == expected.state, "seed \(seed)")
            }
        }
        for sequence in 1...150 as ClosedRange<UInt64> {
            let block = BlockID(sequence: sequence, shard: VirtualShard(3))
            let holders = storages.filter { model.replicas[$0.rawValue]?[block] != nil }.map(\.rawValue).sorted()
            #expect(map.replicas(of: block).map(\.storage.rawValue).sorted() == holders, "seed \(seed)")
        }
    }

    @Test("A report differs in exactly the buckets where a finalized replica differs", arguments: 0..<20)
    func exactBuckets(seed: Int) throws {
        var random = RandomSource(seed: UInt64(seed))
        var map = ReplicaMap()
        var theirs = ReplicaMap()
        let storage = try addStorage(&map)
        _ = try addStorage(&theirs)
        var differing: Set<Int> = []
        for sequence in 1...500 as ClosedRange<UInt64> {
            let block = BlockID(sequence: sequence, shard: VirtualShard(0))
            map.put(block, on: storage, stamp: GenerationStamp(1001), length: 7, state: .finalized)
            let kind = Int.random(in: 0..<40, using: &random)
            if kind == 0 {
                differing.insert(BlockReportHash.bucket(of: block))
                continue
            }
            let length: UInt64 = kind == 1 ? 8 : 7
            if kind == 1 { differing.insert(BlockReportHash.bucket(of: block)) }
            theirs.put(block, on: storage, stamp: GenerationStamp(1001), length: length, state: .finalized)
        }
        #expect(
            map.differingBuckets(storage, reported: theirs.hashes(of: storage)) == differing.sorted(), "seed \(seed)")
    }

    @Test("Counts of flagged replicas follow flags, changes and removals")
    func flagCounts() throws {
        var map = ReplicaMap()
        let storage = try addStorage(&map)
        let block = BlockID(sequence: 9, shard: VirtualShard(1))
        map.put(block, on: storage, stamp: GenerationStamp(1001), length: 1, state: .finalized)
        map.setFlags([.corrupt, .invalidating], of: block, on: storage)
        #expect(map.corruptCount == 1 && map.invalidatingCount == 1)
        map.put(block, on: storage, stamp: GenerationStamp(1002), length: 1, state: .finalized)
        #expect(map.corruptCount == 0 && map.invalidatingCount == 1)
        map.remove(block, from: storage)
        #expect(map.invalidatingCount == 0 && map.replicaCount == 0 && map.blockCount == 0)
        #expect(map.hashes(of: storage).allSatisfy { $0 == 0 })
    }

    @Test("A report of the wrong size differs everywhere")
    func wrongSize() throws {
        var map = ReplicaMap()
        let storage = try addStorage(&map)
        #expect(map.differingBuckets(storage, reported: [1, 2]).count == Limits.blockReportBuckets)
    }

    @Test("A replica record stays at 40 bytes: three million of them take 120 MB")
    func recordSize() {
        #expect(MemoryLayout<Replica>.stride == 40)
    }
}
