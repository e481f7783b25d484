import Core
import Glibc

/// Which process is a server: a file with its pid, and an advisory lock that the process holds for as long as it lives,
/// whatever way it ends. The lock, not the pid, says that it runs.
///
/// `cluster start` takes the lock and the server inherits the descriptor (flock(2): the lock goes with the open file).
struct RunLock: Sendable {
    let path: String

    /// The pid of the running server; nil when none runs.
    func runningPID() throws -> pid_t? {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else {
            if errno == ENOENT { return nil }
            throw Complaint(errnoOf: path)
        }
        defer { close(descriptor) }
        if flock(descriptor, LOCK_SH | LOCK_NB) == 0 { return nil }
        guard errno == EWOULDBLOCK else { throw Complaint(errnoOf: path) }
        return Self.pid(descriptor)
    }

    /// Takes the lock for a server about to be started; the caller closes the descriptor. Nil when one runs.
    func acquire() throws -> Int32? {
        let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else { throw Complaint(errnoOf: path) }
        if flock(descriptor, LOCK_EX | LOCK_NB) == 0 { return descriptor }
        let code = errno
        close(descriptor)
        if code == EWOULDBLOCK { return nil }
        throw Complaint(errnoOf: path, code)
    }

    static func record(_ pid: pid_t, in descriptor: Int32) {
        let text = Array("\(pid)\n".utf8)
        ftruncate(descriptor, 0)
        pwrite(descriptor, text, text.count, 0)
    }

    /// Waits until no server holds the lock; false when that takes longer than `timeoutMs`.
    func waitUntilFree(timeoutMs: Int64) throws -> Bool {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw Complaint(errnoOf: path) }
        // Left waiting in flock when the time runs out; it ends with the process, which has nothing more to do then.
        let thread = try startThread(name: "hfs-run-lock") {
            while flock(descriptor, LOCK_SH) != 0, errno == EINTR {}
            close(descriptor)
        }
        return thread.join(timeoutMs: timeoutMs)
    }

    private static func pid(_ descriptor: Int32) -> pid_t? {
        var buffer = [UInt8](repeating: 0, count: 32)
        let count = pread(descriptor, &buffer, buffer.count, 0)
        guard count > 0 else { return nil }
        return pid_t(String(decoding: buffer[..<count], as: UTF8.self).prefix { $0.isNumber })
    }
}
