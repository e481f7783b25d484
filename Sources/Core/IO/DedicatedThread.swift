internal import Glibc

/// A POSIX thread for blocking work, joined by its owner.
package final class DedicatedThread: Sendable {
    private let handle: pthread_t

    private final class Body: Sendable {
        let name: String
        let run: @Sendable () -> Void

        init(name: String, run: @escaping @Sendable () -> Void) {
            self.name = name
            self.run = run
        }
    }

    /// Starts `body` on a new thread. `name` shows in `top -H`; its first 15 bytes count.
    package init(name: String, _ body: @escaping @Sendable () -> Void) throws(HFSError) {
        let box = Unmanaged.passRetained(Body(name: String(name.prefix(15)), run: body))
        var handle = pthread_t()
        let result = pthread_create(
            &handle, nil,
            { context in
                guard let context else { return nil }
                let body = Unmanaged<Body>.fromOpaque(context).takeRetainedValue()
                DedicatedThread.setName(body.name)
                body.run()
                return nil
            }, box.toOpaque())
        guard result == 0 else {
            box.release()
            throw HFSError(.io, "cannot start thread \(name)", cause: String(cString: strerror(result)))
        }
        self.handle = handle
    }

    /// By the file in /proc: Glibc's module does not show `pthread_setname_np`. A name that cannot be set is no loss.
    private static func setName(_ name: String) {
        let file = open("/proc/thread-self/comm", O_WRONLY | O_CLOEXEC)
        guard file >= 0 else { return }
        _ = write(file, name, name.utf8.count)
        close(file)
    }

    /// Waits for the thread's end. Once, by the owner, never from the thread itself.
    package func join() { pthread_join(handle, nil) }
}
