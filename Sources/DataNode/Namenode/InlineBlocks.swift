internal import Core
internal import Synchronization

/// Asks the namenode for blocks that it keeps itself: for HDFS's clients, which read everything from datanodes.
///
/// Questions come from transfer threads and event loops; a task of the session that runs puts them to the namenode.
final class InlineBlocks: Sendable {
    /// Nil: there is no such inline block.
    typealias Answer = Result<[UInt8]?, HFSError>

    private struct Question {
        var block: BlockID
        var generationStamp: GenerationStamp
        var done: @Sendable (Answer) -> Void
    }

    private struct State {
        /// Wakes the session; nil without one.
        var session: AsyncStream<UInt64>.Continuation?
        var questions: [UInt64: Question] = [:]
        var nextNumber: UInt64 = 0
    }

    /// How long a transfer thread waits: longer than a call to the namenode may take.
    private static let waitMs: Int64 = 30_000

    private let state = Mutex(State())

    /// Calls `done` once, on some thread. Errors: `.retriable` while the namenode is away or too many ask.
    func read(_ block: BlockID, _ stamp: GenerationStamp, _ done: @escaping @Sendable (Answer) -> Void) {
        let isTaken = state.withLock { state -> Bool in
            guard let session = state.session, state.questions.count < Limits.transfersMax else { return false }
            let number = state.nextNumber
            state.nextNumber += 1
            state.questions[number] = Question(block: block, generationStamp: stamp, done: done)
            session.yield(number)
            return true
        }
        if !isTaken { done(.failure(Self.away(block))) }
    }

    /// The bytes of an inline block; nil when there is none. Blocks the calling thread.
    func read(_ block: BlockID, _ stamp: GenerationStamp) throws(HFSError) -> [UInt8]? {
        let slot = Monitor<Answer?>(nil)
        read(block, stamp) { answer in slot.update { $0 = answer } }
        guard let answer = slot.wait(timeoutMs: Self.waitMs, until: { $0 }) else {
            throw HFSError(.timedOut, "The namenode did not tell whether it has \(block)")
        }
        return try answer.get()
    }

    /// Puts questions to the namenode until the task is cancelled; then those that are left fail.
    func serve(_ calls: NamenodeCalls) async {
        let (numbers, input) = AsyncStream<UInt64>.makeStream()
        state.withLock { $0.session = input }
        await withDiscardingTaskGroup { group in
            for await number in numbers { group.addTask { await self.put(number, calls) } }
        }
        let left = state.withLock { state -> [Question] in
            defer { state.questions = [:] }
            state.session = nil
            return Array(state.questions.values)
        }
        for question in left { question.done(.failure(Self.away(question.block))) }
    }

    private func put(_ number: UInt64, _ calls: NamenodeCalls) async {
        guard let question = state.withLock({ $0.questions[number] }) else { return }
        let answer: Answer
        do throws(HFSError) {
            answer = .success(try await calls.readInline(question.block, question.generationStamp))
        } catch {
            answer = .failure(error)
        }
        guard state.withLock({ $0.questions.removeValue(forKey: number) }) != nil else { return }
        question.done(answer)
    }

    private static func away(_ block: BlockID) -> HFSError {
        HFSError(.retriable, "The namenode cannot be asked for \(block) now")
    }
}
