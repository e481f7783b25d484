internal import Core

/// Callers that wait until enough replicas of a block are reported. A value without clock or lock.
struct ReportWaiters {
    typealias Done = @Sendable (Bool) -> Void

    private struct Waiter {
        var stamp: GenerationStamp
        var minimum: Int
        var deadlineMs: Int64
        var done: Done
    }

    private var waiters: [BlockID: [Waiter]] = [:]
    /// No waiter ends before this; a lower bound that saves looking.
    private(set) var nextDeadlineMs = Int64.max

    func isAwaited(_ block: BlockID) -> Bool { waiters[block] != nil }

    mutating func add(
        _ block: BlockID, _ stamp: GenerationStamp, minimum: Int, deadlineMs: Int64, _ done: @escaping Done
    ) {
        waiters[block, default: []].append(Waiter(stamp: stamp, minimum: minimum, deadlineMs: deadlineMs, done: done))
        nextDeadlineMs = min(nextDeadlineMs, deadlineMs)
    }

    /// Takes the waiters of `block` that are content with what `count` says of their stamp.
    mutating func take(_ block: BlockID, _ count: (GenerationStamp) -> Int) -> [Done] {
        guard let waiting = waiters[block] else { return [] }
        let left = waiting.filter { count($0.stamp) < $0.minimum }
        guard left.count < waiting.count else { return [] }
        let content = waiting.filter { count($0.stamp) >= $0.minimum }.map(\.done)
        waiters[block] = left.isEmpty ? nil : left
        return content
    }

    /// Takes all waiters of a block that is gone.
    mutating func takeAll(_ block: BlockID) -> [Done] { waiters.removeValue(forKey: block)?.map(\.done) ?? [] }

    /// Takes the waiters whose time is over.
    mutating func expire(nowMs: Int64) -> [Done] {
        guard nowMs >= nextDeadlineMs else { return [] }
        var late: [Done] = []
        nextDeadlineMs = Int64.max
        for (block, waiting) in waiters.sorted(by: { $0.key < $1.key }) {
            late += waiting.filter { $0.deadlineMs <= nowMs }.map(\.done)
            let left = waiting.filter { $0.deadlineMs > nowMs }
            waiters[block] = left.isEmpty ? nil : left
            for waiter in left { nextDeadlineMs = min(nextDeadlineMs, waiter.deadlineMs) }
        }
        return late
    }
}
