import Core
import DequeModule
import Transport
import WireProtocol

/// Performs what a file's `PipelineMachine` asks: blocking sockets on threads of the pool, namenode calls in the task of
/// whoever waits on the writer. Without a caller nothing but heartbeats and acknowledgements happens; a broken pipeline is
/// rebuilt by the next call.
final class PipelineShell: Sendable {
    struct State {
        var machine: PipelineMachine
        var actions: Deque<PipelineAction> = []
        var token = BlockToken.none
        /// Of the live connection.
        var canceller: SocketCanceller?
        /// Events so far, heartbeats' answers left out: a writer whose count stands still gets nowhere.
        var eventCount: UInt64 = 0
        /// When somebody was first seen waiting at this count; nil while nobody waits.
        var stalled: (eventCount: UInt64, sinceMs: Int64)?
        /// The block's threads are taken.
        var hasThreads = false
        /// The one caller that waits, and for what.
        var waiter: (goal: WriterGoal, continuation: CheckedContinuation<Void, Never>)?

        /// True when a caller has something to do.
        func concerns(_ goal: WriterGoal) -> Bool {
            !actions.isEmpty || machine.failure != nil || goal.isReached(machine)
        }
    }

    let state: Monitor<State>
    let file: WriterFile
    let threads: PipelineThreads
    let opener: PipelineOpener
    let heartbeatIntervalMs: Int64

    init(
        file: WriterFile, machine: PipelineMachine, threads: PipelineThreads, opener: PipelineOpener,
        heartbeatIntervalMs: Int64
    ) {
        self.file = file
        state = Monitor(State(machine: machine))
        self.threads = threads
        self.opener = opener
        self.heartbeatIntervalMs = heartbeatIntervalMs
    }

    deinit {
        if state.withLock({ $0.hasThreads }) { threads.giveBack() }
    }

    // MARK: Events

    /// Hands an event to the machine and wakes whom it concerns. From any thread.
    func post(_ event: PipelineEvent) {
        var wakesThreads = false
        var ended: SocketCanceller?
        var givesThreadsBack = false
        let waiter = state.withLock { state -> CheckedContinuation<Void, Never>? in
            if !event.isHeartbeat { state.eventCount &+= 1 }
            for action in state.machine.handle(event) {
                switch action {
                case .transmit: wakesThreads = true
                case .disconnect:
                    wakesThreads = true
                    ended = state.canceller
                    state.canceller = nil
                default: state.actions.append(action)
                }
            }
            if state.hasThreads, state.machine.holdsNoBlock {
                state.hasThreads = false
                givesThreadsBack = true
            }
            guard let waiter = state.waiter, state.concerns(waiter.goal) else { return nil }
            state.waiter = nil
            return waiter.continuation
        }
        if givesThreadsBack { threads.giveBack() }
        if wakesThreads { state.wakeAll() }
        ended?.cancel()
        waiter?.resume()
    }

    // MARK: Callers

    /// Throws the error that ended the writer.
    func checkAlive() throws(HFSError) {
        if let failure = state.withLock({ $0.machine.failure }) { throw failure }
    }

    private enum Step {
        case perform(PipelineAction)
        case wait
        case done
        case fail(HFSError)
    }

    /// Performs actions and waits until the goal is reached. By one caller at a time.
    ///
    /// A caller that is cancelled, or that runs out of time, ends the writer.
    func reach(_ goal: WriterGoal) async throws(HFSError) {
        while true {
            let step = state.withLock { state -> Step in
                if let failure = state.machine.failure { return .fail(failure) }
                if let action = state.actions.popFirst() { return .perform(action) }
                return goal.isReached(state.machine) ? .done : .wait
            }
            switch step {
            case .perform(let action): await perform(action)
            case .wait: await waitForChange(goal)
            case .done: return
            case .fail(let error): throw error
            }
        }
    }

    /// Ends a writer whose caller has waited for `stallMs` without any event. Each step has a limit of its own; this one
    /// stands behind them all, so that no call on a writer can wait for ever. Called every now and then.
    func checkProgress(nowMs: Int64, stallMs: Int64) {
        let isStalled = state.withLock { state -> Bool in
            guard state.waiter != nil else {
                state.stalled = nil
                return false
            }
            guard let stalled = state.stalled, stalled.eventCount == state.eventCount else {
                state.stalled = (state.eventCount, nowMs)
                return false
            }
            return nowMs - stalled.sinceMs >= stallMs
        }
        if isStalled {
            post(.refused(HFSError(.timedOut, "The pipeline made no progress in \(stallMs) ms", subject: file.path)))
        }
    }

    private func waitForChange(_ goal: WriterGoal) async {
        await withTaskCancellationHandler {
            await withCheckedContinuation { (continuation: CheckedContinuation<Void, Never>) in
                let isNow = state.withLock { state -> Bool in
                    if state.concerns(goal) { return true }
                    state.waiter = (goal, continuation)
                    return false
                }
                if isNow { continuation.resume() }
            }
        } onCancel: {
            post(.refused(HFSError(.cancelled, "Writing was cancelled", subject: file.path)))
        }
    }

    // MARK: Actions

    private func perform(_ action: PipelineAction) async {
        do throws(HFSError) {
            switch action {
            case .allocate(let previous, let excluded):
                let (located, token) = try await file.addBlock(previous: previous, excluded: excluded)
                state.withLock { $0.token = token }
                post(.allocated(located))
            case .abandon(let block):
                try await file.abandon(block)
                post(.abandoned)
            case .connect(let setup): try connect(setup)
            case .replace(let block, let existing, let excluded):
                await replace(block, existing: existing, excluded: excluded)
            case .transfer(let block, let source, let target): await transfer(block, from: source, to: target)
            case .stamp(let block):
                let (located, token) = try await file.updateForPipeline(block)
                state.withLock { $0.token = token }
                post(.stamped(located.block.generationStamp))
            case .commit(let old, let new, let locations):
                try await file.updatePipeline(old: old, new: new, locations: locations)
                post(.committed)
            case .complete(let last):
                try await file.complete(last: last)
                post(.completed)
            case .transmit, .disconnect: break
            }
        } catch {
            post(.refused(error))
        }
    }

    private func connect(_ setup: PipelineSetup) throws(HFSError) {
        if !state.withLock({ $0.hasThreads }) {
            try threads.take()
            state.withLock { $0.hasThreads = true }
        }
        let canceller = SocketCanceller()
        let token = state.withLock { state -> BlockToken in
            state.canceller = canceller
            return state.token
        }
        try threads.pool.submit { [self] in
            PipelineConnection(shell: self, setup: setup, canceller: canceller).run(token: token)
        }
    }

    private func replace(_ block: Block, existing: [LocatedBlock.Location], excluded: [DatanodeDescriptor]) async {
        do throws(HFSError) {
            let (located, token) = try await file.additionalDatanode(block, existing: existing, excluded: excluded)
            state.withLock { $0.token = token }
            post(.replaced(located))
        } catch {
            post(error.code == .cancelled ? .refused(error) : .replacementRefused(error))
        }
    }

    private func transfer(_ block: Block, from source: LocatedBlock.Location, to target: LocatedBlock.Location) async {
        let canceller = SocketCanceller()
        let token = state.withLock { $0.token }
        do throws(HFSError) {
            try await threads.pool.run(onCancel: { canceller.cancel() }) { [opener] () throws(HFSError) in
                try opener.transfer(block, from: source, to: target, token: token, canceller: canceller)
            }
            post(.transferred)
        } catch {
            post(error.code == .cancelled ? .refused(error) : .transferFailed(error))
        }
    }
}
