internal import Core
internal import Synchronization

/// Asks the namenode for blocks that it keeps itself: for HDFS's clients, which read everything from datanodes.
///
/// Questions come from transfer threads and event loops; a task of the session that runs puts them to the namenode. One that
/// comes between two sessions, or that a session leaves without its answer, waits for the next: a namenode that was just
/// started sends readers to the node that registered first. What came is kept for some seconds (`InlineCache`).
final class InlineBlocks: Sendable {
    /// Nil: there is no such inline block.
    typealias Answer = Result<[UInt8]?, HFSError>

    private struct Question {
        var block: BlockID
        var generationStamp: GenerationStamp
        /// When it stops to hold a place.
        var endMs: Int64
        var done: @Sendable (Answer) -> Void
    }

    private struct State {
        /// Wakes the session; nil without one.
        var session: AsyncStream<UInt64>.Continuation?
        var questions: [UInt64: Question] = [:]
        var cache = InlineCache()
        var nextNumber: UInt64 = 0
        /// Since when there is no session, while there is none.
        var downSinceMs: Int64
    }

    /// Questions at once: most of them hold a thread that serves transfers, and others need those too.
    static let questionsMax = Limits.transfersMax / 8

    private let state: Mutex<State>
    private let clock: any HFSClock
    private let waitMs: Int64

    /// - Parameter waitMs: How long a question waits, for a namenode that is away or slow: within the time that clients give
    ///   a datanode.
    init(waitMs: Int64 = 10_000, clock: any HFSClock = SystemClock()) {
        self.waitMs = waitMs
        self.clock = clock
        state = Mutex(State(downSinceMs: clock.monotonicMs))
    }

    /// Calls `done` once, on some thread. Errors: `.timedOut` (by ``expire()``), `.retriable` when too many ask, and when the
    /// namenode has been away for so long that it may not come within the time that a question waits.
    func read(_ block: BlockID, _ stamp: GenerationStamp, _ done: @escaping @Sendable (Answer) -> Void) {
        let nowMs = clock.monotonicMs
        if let bytes = state.withLock({ $0.cache.find(block, stamp, nowMs: nowMs) }) { return done(.success(bytes)) }
        let endMs = nowMs + waitMs
        let refusal = state.withLock { state -> HFSError? in
            if state.session == nil, nowMs - state.downSinceMs > waitMs {
                return HFSError(
                    .retriable, "The namenode, which keeps small files' blocks, has been away for some time")
            }
            guard state.questions.count < Self.questionsMax else {
                return HFSError(.retriable, "Too many readers wait for the namenode's blocks")
            }
            let number = state.nextNumber
            state.nextNumber += 1
            state.questions[number] = Question(block: block, generationStamp: stamp, endMs: endMs, done: done)
            state.session?.yield(number)
            return nil
        }
        if let refusal { done(.failure(refusal)) }
    }

    /// The bytes of an inline block; nil when there is none. Blocks the calling thread. Errors: `.timedOut`, and those above.
    func read(_ block: BlockID, _ stamp: GenerationStamp) throws(HFSError) -> [UInt8]? {
        let slot = Monitor<Answer?>(nil)
        read(block, stamp) { answer in slot.update { $0 = answer } }
        guard let answer = slot.wait(timeoutMs: waitMs, until: { $0 }) else {
            expire()
            throw late(block)
        }
        return try answer.get()
    }

    /// Answers the questions that have waited too long: called at each attempt to reach the namenode.
    func expire() {
        let nowMs = clock.monotonicMs
        let expired = state.withLock { state -> [Question] in
            let expired = state.questions.filter { $0.value.endMs <= nowMs }
            for number in expired.keys { state.questions[number] = nil }
            return Array(expired.values)
        }
        for question in expired { question.done(.failure(late(question.block))) }
    }

    /// Puts questions to the namenode until the task is cancelled.
    func serve(_ calls: NamenodeCalls) async {
        let (numbers, input) = AsyncStream<UInt64>.makeStream()
        state.withLock { state in
            state.session = input
            for number in state.questions.keys { input.yield(number) }
        }
        await withDiscardingTaskGroup { group in
            for await number in numbers { group.addTask { await self.put(number, calls) } }
        }
        state.withLock { state in
            state.session = nil
            state.downSinceMs = clock.monotonicMs
        }
    }

    private func put(_ number: UInt64, _ calls: NamenodeCalls) async {
        guard let question = state.withLock({ $0.questions[number] }) else { return }
        let answer: Answer
        do throws(HFSError) {
            answer = .success(try await calls.readInline(question.block, question.generationStamp))
        } catch {
            // The session ends with its connection; the next one asks again.
            if Task.isCancelled || error.code == .connectionLost || error.code == .connectionFailed { return }
            answer = .failure(error)
        }
        let nowMs = clock.monotonicMs
        let isWaitedFor = state.withLock { state -> Bool in
            if case .success(let bytes?) = answer {
                state.cache.insert(question.block, question.generationStamp, bytes, nowMs: nowMs)
            }
            return state.questions.removeValue(forKey: number) != nil
        }
        guard isWaitedFor else { return }
        question.done(answer)
    }

    private func late(_ block: BlockID) -> HFSError {
        HFSError(.timedOut, "The namenode did not tell within \(waitMs / 1000) s whether it has \(block)")
    }
}
