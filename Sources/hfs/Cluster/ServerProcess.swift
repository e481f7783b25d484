import Core
import Glibc

/// A server started as a process of its own session, its output in a log file.
final class ServerProcess: Sendable {
    let name: String
    let pid: pid_t
    let logFile: String
    /// Where this run's lines begin in the log.
    let logOffset: off_t
    let notifySocket: NotifySocket
    /// Readable (end of file) once the process is gone: it holds the other end.
    let lifeline: Int32

    /// The child's descriptors behind the three standard ones.
    private static let lifelineDescriptor: Int32 = 3
    private static let lockDescriptor: Int32 = 4
    /// POSIX_SPAWN_SETSID of <spawn.h>, which Glibc's module does not show.
    private static let spawnsNewSession: Int32 = 0x80

    /// Starts `arguments` of this same executable. Takes over `lock`, the run lock's descriptor.
    init(name: String, arguments: [String], logFile: String, lock: Int32) throws {
        self.name = name
        self.logFile = logFile
        defer { close(lock) }
        notifySocket = try NotifySocket(name)
        let log = open(logFile, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0o644)
        guard log >= 0 else { throw Complaint(errnoOf: logFile) }
        defer { close(log) }
        logOffset = lseek(log, 0, SEEK_END)
        var ends: [Int32] = [0, 0]
        guard pipe(&ends) == 0 else { throw Complaint(errnoOf: "pipe") }
        _ = fcntl(ends[0], F_SETFD, FD_CLOEXEC)
        lifeline = ends[0]
        // Above the child's descriptors, so that placing one does not close another.
        let writeEnd = fcntl(ends[1], F_DUPFD_CLOEXEC, 16)
        let lockHigh = fcntl(lock, F_DUPFD_CLOEXEC, 16)
        let logHigh = fcntl(log, F_DUPFD_CLOEXEC, 16)
        close(ends[1])
        defer { for descriptor in [writeEnd, lockHigh, logHigh] { close(descriptor) } }

        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0)
        posix_spawn_file_actions_adddup2(&actions, logHigh, STDOUT_FILENO)
        posix_spawn_file_actions_adddup2(&actions, logHigh, STDERR_FILENO)
        posix_spawn_file_actions_adddup2(&actions, writeEnd, Self.lifelineDescriptor)
        posix_spawn_file_actions_adddup2(&actions, lockHigh, Self.lockDescriptor)

        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        var signals = sigset_t()
        sigemptyset(&signals)
        posix_spawnattr_setsigmask(&attributes, &signals)
        sigfillset(&signals)
        posix_spawnattr_setsigdefault(&attributes, &signals)
        let flags = Int32(POSIX_SPAWN_SETSIGMASK) | Int32(POSIX_SPAWN_SETSIGDEF) | Self.spawnsNewSession
        posix_spawnattr_setflags(&attributes, Int16(flags))

        let executable = try Self.executable()
        let environment = Environment.list(with: ["NOTIFY_SOCKET": notifySocket.name])
        var child = pid_t()
        let code = CStrings.with([executable] + arguments) { argv in
            CStrings.with(environment) { envp in
                posix_spawn(&child, executable, &actions, &attributes, argv, envp)
            }
        }
        guard code == 0 else {
            close(lifeline)
            throw Complaint(errnoOf: executable, code)
        }
        pid = child
        RunLock.record(child, in: lock)
    }

    deinit { close(lifeline) }

    /// The last lines that this run wrote to its log.
    func logTail(lines: Int = 8) -> [String] {
        let file = open(logFile, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { return [] }
        defer { close(file) }
        let end = lseek(file, 0, SEEK_END)
        let start = max(logOffset, end - 64 << 10)
        var bytes = [UInt8](repeating: 0, count: max(0, Int(end - start)))
        let count = pread(file, &bytes, bytes.count, start)
        guard count > 0 else { return [] }
        return String(decoding: bytes[..<count], as: UTF8.self).split(separator: "\n").suffix(lines).map(String.init)
    }

    private static func executable() throws -> String {
        var buffer = [CChar](repeating: 0, count: Int(PATH_MAX))
        let count = readlink("/proc/self/exe", &buffer, buffer.count)
        guard count > 0 else { throw Complaint(errnoOf: "/proc/self/exe") }
        return String(decoding: buffer[..<count].map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

}
