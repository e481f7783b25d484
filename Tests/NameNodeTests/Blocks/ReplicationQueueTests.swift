import Core
import Testing

@testable import NameNode

@Suite struct ReplicationQueueTests {
    private func block(_ number: UInt64) -> BlockID { BlockID(sequence: number, shard: VirtualShard(0)) }

    @Test("Blocks come out by danger, then in order of arrival")
    func order() {
        var queue = ReplicationQueue()
        queue.update(block(1), live: 2, coming: 0, wanted: 3, corrupt: 0)
        queue.update(block(2), live: 1, coming: 0, wanted: 3, corrupt: 0)
        queue.update(block(3), live: 2, coming: 0, wanted: 10, corrupt: 0)
        queue.update(block(4), live: 1, coming: 0, wanted: 2, corrupt: 0)
        queue.update(block(5), live: 0, coming: 0, wanted: 3, corrupt: 1)
        let out = queue.next(10).map(\.block)
        #expect(out == [block(2), block(4), block(3), block(1)])
        #expect(queue.count == 5 && queue.lostCount == 1 && queue.corruptBlockCount == 1)
    }

    @Test("A block that has or gets enough replicas leaves")
    func leaves() {
        var queue = ReplicationQueue()
        queue.update(block(1), live: 1, coming: 0, wanted: 3, corrupt: 0)
        queue.update(block(1), live: 1, coming: 2, wanted: 3, corrupt: 0)
        #expect(queue.count == 0)
        queue.update(block(1), live: 0, coming: 0, wanted: 3, corrupt: 2)
        queue.update(block(1), live: 3, coming: 0, wanted: 3, corrupt: 0)
        #expect(queue.count == 0 && queue.corruptBlockCount == 0 && queue.lostCount == 0)
    }

    @Test("A deferred block waits behind its peers")
    func deferred() {
        var queue = ReplicationQueue()
        for number in 1...3 as ClosedRange<UInt64> {
            queue.update(block(number), live: 1, coming: 0, wanted: 2, corrupt: 0)
        }
        let first = queue.next(1).map(\.block)
        queue.defer(block(1))
        let rest = queue.next(10).map(\.block)
        #expect(first == [block(1)] && rest == [block(2), block(3), block(1)])
    }

    @Test("Random updates keep the counts true", arguments: 0..<20)
    func counts(seed: Int) {
        var random = RandomSource(seed: UInt64(seed))
        var queue = ReplicationQueue()
        var model: [BlockID: ReplicationQueue.Priority] = [:]
        for _ in 0..<2000 {
            let block = block(UInt64.random(in: 1...40, using: &random))
            let live = Int.random(in: 0...4, using: &random)
            if Int.random(in: 0..<6, using: &random) == 0 {
                queue.remove(block)
                model[block] = nil
            } else {
                queue.update(block, live: live, coming: 0, wanted: 3, corrupt: 0)
                model[block] = live < 3 ? ReplicationQueue.priority(live: live, wanted: 3) : nil
            }
        }
        #expect(queue.count == model.count, "seed \(seed)")
        for priority in ReplicationQueue.Priority.allCases {
            let expected = model.values.count { $0 == priority }
            #expect(queue.counts[Int(priority.rawValue)] == expected, "seed \(seed)")
        }
        let out = queue.next(1000).map(\.block)
        #expect(Set(out) == Set(model.filter { $0.value != .lost }.keys), "seed \(seed)")
    }
}
