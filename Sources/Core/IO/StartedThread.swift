import Glibc

/// A dedicated thread for work that blocks. It ends when its body returns.
package final class StartedThread: Sendable {
    private let finished: Monitor<Bool>

    private init(_ finished: Monitor<Bool>) { self.finished = finished }

    /// Blocks until the body has returned; false when `timeoutMs` passed first. Not from an event loop or a task.
    @discardableResult
    package func join(timeoutMs: Int64? = nil) -> Bool {
        finished.wait(timeoutMs: timeoutMs) { $0 ? true : nil } ?? false
    }

    package var isFinished: Bool { finished.withLock { $0 } }

    /// What the new thread is handed.
    private final class Start {
        let name: String
        let body: @Sendable () -> Void
        let finished: Monitor<Bool>

        init(name: String, body: @escaping @Sendable () -> Void, finished: Monitor<Bool>) {
            self.name = name
            self.body = body
            self.finished = finished
        }
    }

    /// Through /proc: Glibc's module does not show `pthread_setname_np`. A name that cannot be set is no loss.
    private static func setName(_ name: String) {
        let file = open("/proc/thread-self/comm", O_WRONLY | O_CLOEXEC)
        guard file >= 0 else { return }
        _ = write(file, name, min(name.utf8.count, 15))
        close(file)
    }

    /// - Parameter name: at most 15 bytes are shown by the system.
    /// - Throws: `.io` when the system has no more threads or memory.
    static func start(
        name: String, stackBytes: Int, body: @escaping @Sendable () -> Void
    ) throws(HFSError) -> StartedThread {
        let finished = Monitor(false)
        let start = Unmanaged.passRetained(Start(name: name, body: body, finished: finished))
        var attributes = pthread_attr_t()
        pthread_attr_init(&attributes)
        defer { pthread_attr_destroy(&attributes) }
        pthread_attr_setdetachstate(&attributes, Int32(PTHREAD_CREATE_DETACHED))
        pthread_attr_setstacksize(&attributes, stackBytes)
        var thread = pthread_t()
        let code = pthread_create(
            &thread, &attributes,
            { argument in
                guard let argument else { return nil }
                let start = Unmanaged<Start>.fromOpaque(argument).takeRetainedValue()
                StartedThread.setName(start.name)
                start.body()
                start.finished.update { $0 = true }
                return nil
            }, start.toOpaque())
        guard code == 0 else {
            start.release()
            throw HFSError(.io, "Cannot start thread \(name)", cause: String(cString: strerror(code)))
        }
        return StartedThread(finished)
    }
}

/// Starts a dedicated thread that runs `body` to its end.
/// - Throws: `.io` when the system has no more threads.
@discardableResult
package func startThread(
    name: String, stackBytes: Int = 1 << 20, _ body: @escaping @Sendable () -> Void
) throws(HFSError) -> StartedThread {
    try StartedThread.start(name: name, stackBytes: stackBytes, body: body)
}
