import Glibc

/// A local file, pipe or terminal. Blocking calls run on its own thread; a cancelled task gets out of a wait for a pipe or
/// terminal at once.
actor LocalFile {
    /// In complaints.
    nonisolated let name: String
    private let descriptor: Int32
    private let cancelled: WakeupPipe
    private let isSeekable: Bool
    private let thread: IOThread
    private var isOpen = true

    nonisolated var unownedExecutor: UnownedSerialExecutor { thread.asUnownedSerialExecutor() }

    static func standardInput() throws -> LocalFile {
        try LocalFile(descriptor: dup(STDIN_FILENO), name: "standard input")
    }
    static func standardOutput() throws -> LocalFile {
        try LocalFile(descriptor: dup(STDOUT_FILENO), name: "standard output")
    }

    static func standardError() throws -> LocalFile {
        try LocalFile(descriptor: dup(STDERR_FILENO), name: "standard error")
    }

    static func reading(_ path: String) throws -> LocalFile {
        try LocalFile(descriptor: open(path, O_RDONLY | O_CLOEXEC), name: path)
    }

    /// Opens `path` anew; an existing file is emptied.
    static func writing(_ path: String, mode: UInt16) throws -> LocalFile {
        try LocalFile(descriptor: open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, mode_t(mode)), name: path)
    }

    private init(descriptor: Int32, name: String) throws {
        guard descriptor >= 0 else { throw Complaint(errnoOf: name) }
        self.name = name
        self.descriptor = descriptor
        isSeekable = lseek(descriptor, 0, SEEK_CUR) >= 0
        cancelled = try WakeupPipe()
        thread = try IOThread()
    }

    deinit {
        if isOpen { Glibc.close(descriptor) }
        thread.stop()
    }

    /// Up to `count` bytes; empty at the end.
    func read(_ count: Int) async throws -> [UInt8] {
        try await waiting(for: POLLIN)
        var result = 0
        let bytes = [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
            repeat { result = Glibc.read(descriptor, buffer.baseAddress, count) } while result < 0 && errno == EINTR
            filled = max(0, result)
        }
        if result < 0 { throw Complaint(errnoOf: name) }
        return bytes
    }

    /// `count` bytes, or all up to the end.
    func readUp(to count: Int) async throws -> [UInt8] {
        var bytes: [UInt8] = []
        while bytes.count < count {
            let more = try await read(count - bytes.count)
            if more.isEmpty { break }
            bytes += more
        }
        return bytes
    }

    func write(_ bytes: [UInt8]) async throws {
        var done = 0
        while done < bytes.count {
            try await waiting(for: POLLOUT)
            let count = bytes.withUnsafeBytes { raw in
                Glibc.write(descriptor, raw.baseAddress.map { $0 + done }, raw.count - done)
            }
            if count >= 0 {
                done += count
            } else if errno == EPIPE {
                throw Console.OutputClosed()
            } else if errno != EINTR, errno != EAGAIN {
                throw Complaint(errnoOf: name)
            }
        }
    }

    /// Modification and access time, milliseconds since 1970.
    func setTimes(modifiedMs: Int64, accessedMs: Int64) throws {
        func spec(_ ms: Int64) -> timespec { timespec(tv_sec: time_t(ms / 1000), tv_nsec: Int(ms % 1000) * 1_000_000) }
        let times = [spec(accessedMs), spec(modifiedMs)]
        if futimens(descriptor, times) != 0 { throw Complaint(errnoOf: name) }
    }

    func close() throws {
        guard isOpen else { return }
        isOpen = false
        // The descriptor is gone whatever close answers; an error means that written data may be.
        if Glibc.close(descriptor) != 0, errno != EINTR { throw Complaint(errnoOf: name) }
    }

    /// Waits until a pipe or terminal is ready, or throws when the task is cancelled. Files are always ready.
    private func waiting(for events: Int32) async throws {
        try Task.checkCancellation()
        guard !isSeekable else { return }
        let cancelled = cancelled
        try await withTaskCancellationHandler {
            var polled = [
                pollfd(fd: descriptor, events: Int16(events), revents: 0),
                pollfd(fd: cancelled.descriptor, events: Int16(POLLIN), revents: 0),
            ]
            while poll(&polled, nfds_t(polled.count), -1) < 0 {
                if errno != EINTR { throw Complaint(errnoOf: name) }
            }
            try Task.checkCancellation()
        } onCancel: {
            cancelled.signal()
        }
    }
}
