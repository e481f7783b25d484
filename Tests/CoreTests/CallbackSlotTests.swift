import Core
import Synchronization
import Testing

@Suite("A callback that others set")
struct CallbackSlotTests {
    @Test("a call runs through as many frames after a hundred thousand calls as at first")
    func depthStaysTheSame() {
        let slot = CallbackSlot<Int>()
        let total = Mutex(0)
        slot.set { n in total.withLock { $0 += n } }
        // In generic storage without a struct around it, this recurses deeper with each call and overflows the stack.
        for _ in 0..<1_000_000 { slot.call(1) }
        #expect(total.withLock { $0 } == 1_000_000)
    }

    @Test("callOnce clears what it runs; clear takes it away")
    func once() {
        let count = Mutex(0)
        let slot = CallbackSlot<String> { _ in count.withLock { $0 += 1 } }
        slot.callOnce("a")
        slot.callOnce("b")
        slot.set { _ in count.withLock { $0 += 10 } }
        slot.clear()
        slot.call("c")
        #expect(count.withLock { $0 } == 1)
    }
}
