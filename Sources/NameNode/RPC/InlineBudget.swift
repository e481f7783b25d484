import Core
import Synchronization

/// Bounds the bytes of inline blocks that wait for their mutation.
final class InlineBudget: Sendable {
    private let bytes = Atomic<Int>(0)

    /// A call's bytes, given back when the call is over and its share is dropped.
    final class Share: Sendable {
        private let budget: InlineBudget
        private let count: Int

        fileprivate init(_ budget: InlineBudget, _ count: Int) {
            self.budget = budget
            self.count = count
        }

        deinit { budget.bytes.subtract(count, ordering: .relaxed) }
    }

    /// Errors: `.retriable` when too much waits.
    func take(_ count: Int) throws(HFSError) -> Share {
        let sum = bytes.add(count, ordering: .relaxed).newValue
        let share = Share(self, count)
        guard sum <= Limits.inlineBytesInFlightMax else {
            throw HFSError(.retriable, "\(sum) bytes of small files are waiting for the edits log, try again")
        }
        return share
    }
}
