import Core
import Glibc

/// A program that `hfs run start` runs in this process's place: same terminal, same process group, same directory.
struct ChildProgram {
    /// How a program ended.
    enum Ending: Hashable {
        case exited(Int32)
        case signalled(Int32)

        /// As a shell tells it.
        var exitCode: Int32 {
            switch self {
            case .exited(let code): code
            case .signalled(let signal): 128 + signal
            }
        }

        var state: RunState {
            switch self {
            case .exited(0): .finished
            case .exited: .failed
            case .signalled: .killed
            }
        }
    }

    private let pid: pid_t

    /// Starts `arguments[0]`, found as a shell finds it.
    init(_ arguments: [String], environment: [String]) throws {
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        var signals = sigset_t()
        sigemptyset(&signals)
        posix_spawnattr_setsigmask(&attributes, &signals)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK))
        var child = pid_t()
        let code = CStrings.with(arguments) { argv in
            CStrings.with(environment) { envp in posix_spawnp(&child, arguments[0], nil, &attributes, argv, envp) }
        }
        guard code == 0 else { throw Complaint(errnoOf: arguments[0], code) }
        pid = child
        SignalRelay.send(to: child)
    }

    /// Waits for its end. Blocks.
    func wait() throws -> Ending {
        var status: Int32 = 0
        // The child stays a zombie, its number its own, until the relay has let go of it.
        var info = siginfo_t()
        while waitid(P_PID, id_t(pid), &info, WEXITED | WNOWAIT) != 0 {
            guard errno == EINTR else { throw Complaint(errnoOf: "waitid") }
        }
        SignalRelay.end()
        while waitpid(pid, &status, 0) < 0 {
            guard errno == EINTR else { throw Complaint(errnoOf: "waitpid") }
        }
        let signal = status & 0x7f
        return signal == 0 ? .exited(status >> 8 & 0xff) : .signalled(signal)
    }
}
