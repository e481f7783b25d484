import Core

/// A dedicated thread as an actor's executor, so that blocking calls never hold a thread of the cooperative pool.
///
/// The thread and the executor keep each other alive until `stop`.
final class IOThread: SerialExecutor {
    private struct State {
        var jobs: [UnownedJob] = []
        var isStopped = false
    }

    private let state = Monitor(State())

    init() throws {
        try startThread(name: "hfs-file") { [self] in serve() }
    }

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        state.update { $0.jobs.append(job) }
    }

    /// Ends the thread once it has run what is queued. For the deinit of the actor that runs here: no job can follow.
    func stop() {
        state.update { $0.isStopped = true }
    }

    private func serve() {
        while let jobs = next() {
            for job in jobs { job.runSynchronously(on: asUnownedSerialExecutor()) }
        }
    }

    /// What is queued, waiting for it; nil when the executor was stopped and nothing is left.
    private func next() -> [UnownedJob]? {
        let taken = state.wait { state -> (jobs: [UnownedJob], isStopped: Bool)? in
            guard !state.jobs.isEmpty || state.isStopped else { return nil }
            defer { state.jobs = [] }
            return (state.jobs, state.isStopped)
        }
        guard let taken, !(taken.jobs.isEmpty && taken.isStopped) else { return nil }
        return taken.jobs
    }
}
