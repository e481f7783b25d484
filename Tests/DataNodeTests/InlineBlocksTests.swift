import Core
import Synchronization
import Testing

@testable import DataNode

@Suite("Questions for the namenode's own blocks")
final class InlineBlocksTests: Sendable {
    private let clock = ManualClock()
    private let refusals = Mutex<[HFSError.Code]>([])

    private func ask(_ blocks: InlineBlocks) {
        blocks.read(BlockID(16), GenerationStamp(1)) { answer in
            if case .failure(let error) = answer { self.refusals.withLock { $0.append(error.code) } }
        }
    }

    @Test("hold an eighth of the transfers at most: others go on while the namenode is away")
    func many() {
        let blocks = InlineBlocks(waitMs: 10_000, clock: clock)
        for _ in 0..<Limits.transfersMax / 8 { ask(blocks) }
        #expect(refusals.withLock { $0 } == [])
        ask(blocks)
        #expect(refusals.withLock { $0 } == [.retriable])
        // Those that waited long enough give their places back.
        clock.advance(byMs: 10_000)
        blocks.expire()
        #expect(refusals.withLock { $0.count { $0 == .timedOut } } == Limits.transfersMax / 8)
        ask(blocks)
        #expect(refusals.withLock { $0.count { $0 == .retriable } } == 1)
    }

    @Test("are refused at once when the namenode has been away for longer than they would wait")
    func away() {
        let blocks = InlineBlocks(waitMs: 10_000, clock: clock)
        clock.advance(byMs: 10_001)
        ask(blocks)
        #expect(refusals.withLock { $0 } == [.retriable])
    }
}
