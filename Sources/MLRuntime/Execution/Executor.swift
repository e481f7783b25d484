public import Core

/// Where trials' programs run.
public protocol Executor: Sendable {
    /// Starts a program in a process group of its own. `.io` with the system's reason when it cannot be.
    func start(_ request: ProgramRequest) throws(HFSError) -> any RunningProgram
}

/// A program that was started. One task reads its output; any may stop it.
public protocol RunningProgram: Sendable {
    /// Its process group, while it is one of this host.
    var process: ProcessIdentity? { get }

    /// The next output, waiting for it at most `waitMs`.
    func output(waitMs: Int64) async throws(HFSError) -> ProgramOutput

    /// SIGUSR1 to its group: its time is nearly over.
    func warn()

    /// SIGTERM to its group now, SIGKILL after `graceMs`, which needs somebody to read its output until it has ended.
    func stop(graceMs: Int64)
}
