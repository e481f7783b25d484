import Core
import Testing

@testable import NameNode

@Suite struct PendingTransfersTests {
    private let block = BlockID(sequence: 1, shard: VirtualShard(0))
    private func node(_ number: UInt32) -> DatanodeIndex { DatanodeIndex(number) }

    @Test("A transfer ends when its last target reports")
    func arrival() {
        var transfers = PendingTransfers()
        transfers.start(block, from: node(0), to: [node(1), node(2)], deadlineMs: 100)
        #expect(transfers.sent(by: node(0)) == 1)
        let first = transfers.arrived(block, at: node(1))
        #expect(first && transfers.targets(of: block) == [node(2)])
        let again = transfers.arrived(block, at: node(1))
        let last = transfers.arrived(block, at: node(2))
        #expect(!again && last)
        #expect(transfers.blockCount == 0 && transfers.sent(by: node(0)) == 0)
    }

    @Test("A transfer ends at its deadline, not before")
    func expiry() {
        var transfers = PendingTransfers()
        transfers.start(block, from: node(0), to: [node(1)], deadlineMs: 100)
        let early = transfers.expire(nowMs: 99)
        let late = transfers.expire(nowMs: 100)
        #expect(early.isEmpty && late == [block])
        #expect(transfers.sent(by: node(0)) == 0)
    }

    @Test("A lost source ends the transfer, a lost target only its part")
    func lostNodes() {
        var transfers = PendingTransfers()
        transfers.start(block, from: node(0), to: [node(1), node(2)], deadlineMs: 100)
        let byTarget = transfers.nodeLost(node(2))
        #expect(byTarget == [block] && transfers.targets(of: block) == [node(1)])
        let bySource = transfers.nodeLost(node(0))
        #expect(bySource == [block] && transfers.blockCount == 0)
    }
}
