import Core
import Testing

@testable import NameNode

@Suite struct BlockRecoveriesTests {
    private let block = BlockID(sequence: 1, shard: VirtualShard(0))
    private let nodes = (0..<3).map { DatanodeIndex(UInt32($0)) }

    @Test("Primaries are asked in turn, an untried one first")
    func rotation() {
        var recoveries = BlockRecoveries()
        recoveries.start(block, GenerationStamp(1001), recoveryID: GenerationStamp(1002), nowMs: 0)
        let asked = (1...5).map { recoveries.nextPrimary(block, among: nodes, deadlineMs: Int64($0)) }
        #expect(asked == [nodes[0], nodes[1], nodes[2], nodes[0], nodes[1]])
        let nobody = recoveries.nextPrimary(block, among: [], deadlineMs: 9)
        #expect(nobody == nil && recoveries[block]?.deadlineMs == 9)
    }

    @Test("Only the newest recovery of a block commits")
    func newest() {
        var recoveries = BlockRecoveries()
        recoveries.start(block, GenerationStamp(1001), recoveryID: GenerationStamp(1005), nowMs: 0)
        recoveries.start(block, GenerationStamp(1001), recoveryID: GenerationStamp(1004), nowMs: 0)
        #expect(recoveries[block]?.recoveryID == GenerationStamp(1005))
        let isOldTaken = recoveries.committed(block, recoveryID: GenerationStamp(1004), deadlineMs: 10)
        let isNewTaken = recoveries.committed(block, recoveryID: GenerationStamp(1005), deadlineMs: 10)
        #expect(!isOldTaken && isNewTaken)
        #expect(recoveries.due(nowMs: 9).isEmpty)
        #expect(recoveries.due(nowMs: 10) == [block])
    }
}
