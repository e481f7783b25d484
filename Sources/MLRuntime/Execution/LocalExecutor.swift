public import Core
import Glibc
import Synchronization

/// Programs as processes of this host.
public struct LocalExecutor: Executor {
    /// Held from a pipe's making until both its ends are marked: a program started meanwhile would hold it open.
    private static let starting = Mutex(())

    public init() {}

    public func start(_ request: ProgramRequest) throws(HFSError) -> any RunningProgram {
        guard let program = request.arguments.first else { throw HFSError(.invalidArgument, "No program to start") }
        let arguments = Self.isHere(request.directory) ? request.arguments : Self.elsewhere(request)
        let started = Self.starting.withLock { _ in Self.spawn(arguments, request.environment) }
        switch started {
        case .success(let (pid, output)): return LocalProgram(pid: pid, output: output)
        case .failure(let failure):
            throw HFSError(.io, "Cannot start '\(program)'", cause: String(cString: strerror(failure.code)))
        }
    }

    private struct Failure: Error {
        let code: Int32
    }

    /// The process, and the reading end of the pipe that is its standard output and error.
    private static func spawn(_ arguments: [String], _ environment: [String]) -> Result<(pid_t, Int32), Failure> {
        var ends: [Int32] = [0, 0]
        guard pipe(&ends) == 0 else { return .failure(Failure(code: errno)) }
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        defer { close(ends[1]) }
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0)
        posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO)
        posix_spawn_file_actions_adddup2(&actions, ends[1], STDERR_FILENO)
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        var none = sigset_t()
        sigemptyset(&none)
        var all = sigset_t()
        sigfillset(&all)
        posix_spawnattr_setsigmask(&attributes, &none)
        posix_spawnattr_setsigdefault(&attributes, &all)
        posix_spawnattr_setpgroup(&attributes, 0)
        posix_spawnattr_setflags(
            &attributes, Int16(POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF))
        var child = pid_t()
        let code = CStrings.with(arguments) { argv in
            CStrings.with(environment) { envp in posix_spawnp(&child, arguments[0], &actions, &attributes, argv, envp) }
        }
        guard code == 0 else {
            close(ends[0])
            return .failure(Failure(code: code))
        }
        return .success((child, ends[0]))
    }

    private static func isHere(_ directory: String) -> Bool {
        var (here, there) = (stat(), stat())
        guard stat(".", &here) == 0, stat(directory, &there) == 0 else { return false }
        return here.st_dev == there.st_dev && here.st_ino == there.st_ino
    }

    /// Through a shell: Glibc's module does not show how to spawn in another directory.
    private static func elsewhere(_ request: ProgramRequest) -> [String] {
        ["/bin/sh", "-c", "cd -- \"$0\" && exec \"$@\"", request.directory] + request.arguments
    }
}
