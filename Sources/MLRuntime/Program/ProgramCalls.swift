import Client
import Core
import Glibc
import Synchronization

/// The experiment calls that this process makes, one after another.
final class ProgramCalls: Sendable {
    static let shared = ProgramCalls()

    private struct State {
        var ordinal = 0
        var isActive = false
        var connections: [String: HFSFileSystem] = [:]
        var run: ProgramRun?
        var hasExitHandler = false
    }

    private let state = Mutex(State())

    /// How long a program's exit waits for the namenode.
    private static let exitWaitMs: Int64 = 10_000

    /// The number of a call that begins. `.unsupported` while another one has not ended: their order would not be the same each
    /// time.
    func begin() throws(HFSError) -> Int {
        try state.withLock { state throws(HFSError) in
            guard !state.isActive else {
                throw HFSError(
                    .unsupported, "An experiment is run while another one of this program is: one after another")
            }
            state.isActive = true
            state.ordinal += 1
            return state.ordinal
        }
    }

    func end() { state.withLock { $0.isActive = false } }

    /// The connection of all calls that name this cluster.
    func connection(_ uri: String) async throws(HFSError) -> HFSFileSystem {
        if let known = state.withLock({ $0.connections[uri] }) { return known }
        // An experiment outlasts a namenode that is away as long as its trials do.
        var configuration = ClientConfiguration()
        configuration.operationDeadlineMs = max(configuration.operationDeadlineMs, Agent.orphanTimeoutMsDefault)
        configuration.failoversMax = .max
        let made = try await HFSFileSystem.connect(uri, configuration: configuration)
        state.withLock { $0.connections[uri] = made }
        return made
    }

    /// The program's run: the first call's project has it.
    func run(project: String, on fileSystem: HFSFileSystem) async throws(HFSError) -> ProgramRun {
        if let known = state.withLock({ $0.run }) { return known }
        let run = try await ProgramRun.open(project: project, on: fileSystem)
        let isFirst = state.withLock { state -> Bool in
            state.run = run
            defer { state.hasExitHandler = true }
            return !state.hasExitHandler
        }
        if isFirst { on_exit({ status, _ in ProgramCalls.shared.exits(status) }, nil) }
        return run
    }

    /// Called by `exit`, on whatever thread called that: tells of the program's end before the process goes.
    private func exits(_ status: Int32) {
        guard let run = state.withLock({ $0.run }) else { return }
        let told = Monitor(false)
        Task {
            await run.end(isComplete: status == 0)
            told.update { $0 = true }
        }
        _ = told.wait(timeoutMs: Self.exitWaitMs) { $0 ? true : nil }
    }
}
