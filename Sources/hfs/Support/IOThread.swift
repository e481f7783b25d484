import Glibc
import Synchronization

/// A dedicated thread as an actor's executor, so that blocking calls never hold a thread of the cooperative pool.
///
/// The thread and the executor keep each other alive until `stop`.
final class IOThread: SerialExecutor {
    private struct State {
        var jobs: [UnownedJob] = []
        var isStopped = false
    }

    private let state = Mutex(State())
    private let wakeup = Semaphore()

    init() throws {
        var thread = pthread_t()
        let argument = Unmanaged.passRetained(self)
        let code = pthread_create(
            &thread, nil,
            { raw in
                if let raw { Unmanaged<IOThread>.fromOpaque(raw).takeRetainedValue().serve() }
                return nil
            }, argument.toOpaque())
        guard code == 0 else {
            argument.release()
            throw Complaint(errnoOf: "cannot start a thread", code)
        }
        pthread_detach(thread)
    }

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        state.withLock { $0.jobs.append(job) }
        wakeup.signal()
    }

    /// Ends the thread once it has run what is queued. For the deinit of the actor that runs here: no job can follow.
    func stop() {
        state.withLock { $0.isStopped = true }
        wakeup.signal()
    }

    private func serve() {
        while true {
            wakeup.wait()
            let (jobs, isStopped) = state.withLock { state in
                defer { state.jobs = [] }
                return (state.jobs, state.isStopped)
            }
            for job in jobs { job.runSynchronously(on: asUnownedSerialExecutor()) }
            if isStopped { return }
        }
    }
}
