import Core
import Glibc
import Synchronization

/// A process of this host, the leader of its group.
final class LocalProgram: RunningProgram {
    /// How long output is waited for after the program has ended and its group was killed: what still holds the pipe then has
    /// left the group and is not waited for.
    private static let drainMs: Int64 = 1000
    private static let readBytes = 64 << 10

    private struct State {
        /// When SIGKILL is due, by the monotonic clock.
        var killAtMs: Int64?
        var isOutputClosed = false
        /// The process has been reaped: its number may be another's.
        var ending: ProgramEnding?
        var endedMs: Int64 = 0
    }

    let process: ProcessIdentity?
    private let pid: pid_t
    private let descriptor: Int32
    private let clock = SystemClock()
    private let state = Mutex(State())

    init(pid: pid_t, output: Int32) {
        self.pid = pid
        descriptor = output
        process = ProcessIdentity(pid: pid)
    }

    deinit { close(descriptor) }

    func warn() {
        state.withLock { if $0.ending == nil { _ = kill(-pid, SIGUSR1) } }
    }

    func stop(graceMs: Int64) {
        state.withLock { state in
            guard state.ending == nil, state.killAtMs == nil else { return }
            state.killAtMs = clock.monotonicMs + graceMs
            kill(-pid, SIGTERM)
            // One that is suspended sees no SIGTERM before it goes on.
            kill(-pid, SIGCONT)
        }
    }

    func output(waitMs: Int64) async throws(HFSError) -> ProgramOutput {
        try await BlockingWork.run(name: "hfs-trial") { [self] () throws(HFSError) in read(waitMs: waitMs) }
    }

    private func read(waitMs: Int64) -> ProgramOutput {
        let (isClosed, killAtMs, hasEnded) = state.withLock { ($0.isOutputClosed, $0.killAtMs, $0.ending != nil) }
        var wait = killAtMs.map { min(waitMs, max(0, $0 - clock.monotonicMs)) } ?? waitMs
        if hasEnded { wait = min(wait, 50) }
        var entry = pollfd(fd: isClosed ? -1 : descriptor, events: Int16(POLLIN), revents: 0)
        // Without output there is no event for the process's end: it is looked for often.
        if poll(&entry, 1, Int32(clamping: isClosed ? min(wait, 10) : wait)) > 0 {
            var buffer = [UInt8](repeating: 0, count: Self.readBytes)
            let count = Glibc.read(descriptor, &buffer, buffer.count)
            if count > 0 { return .bytes(Array(buffer.prefix(count))) }
            if count == 0 { state.withLock { $0.isOutputClosed = true } }
        }
        return check()
    }

    /// Looks whether the process has ended, and kills it when that is due.
    private func check() -> ProgramOutput {
        state.withLock { state in
            let nowMs = clock.monotonicMs
            if state.ending == nil {
                if let killAtMs = state.killAtMs, nowMs >= killAtMs { kill(-pid, SIGKILL) }
                var info = siginfo_t()
                guard waitid(P_PID, id_t(pid), &info, WEXITED | WNOWAIT | WNOHANG) == 0, info.si_signo == SIGCHLD else {
                    return .bytes([])
                }
                // The zombie keeps the group's number taken until its children are gone.
                kill(-pid, SIGKILL)
                var status: Int32 = 0
                while waitpid(pid, &status, 0) < 0, errno == EINTR {}
                let signal = status & 0x7f
                state.ending = signal == 0 ? .exited(status >> 8 & 0xff) : .signalled(signal)
                state.endedMs = nowMs
            }
            guard let ending = state.ending, state.isOutputClosed || nowMs - state.endedMs >= Self.drainMs else {
                return .bytes([])
            }
            return .ended(ending)
        }
    }
}
