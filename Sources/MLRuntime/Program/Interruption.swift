import Core
import Glibc
import Synchronization

/// SIGINT and SIGTERM to a program that drives an experiment: its trials' programs are ended and given back, then the process ends
/// as the signal would have ended it. A second signal ends it at once.
enum Interruption {
    /// The end of a pipe that the handler writes to; -1 while nobody listens.
    private static let wakeup = Atomic<Int32>(-1)
    /// The signal that came; 0 while none did.
    private static let received = Atomic<Int32>(0)
    private static let signals = [SIGINT, SIGTERM]

    /// Runs `body`; the first signal cancels it and waits for its end.
    static func cancelling<R: Sendable>(
        _ body: @escaping @Sendable () async throws(HFSError) -> R
    ) async throws(HFSError) -> R {
        let task = Task { () -> Result<R, HFSError> in
            do throws(HFSError) {
                return .success(try await body())
            } catch {
                return .failure(error)
            }
        }
        let writing: Int32
        do throws(HFSError) {
            writing = try listen { task.cancel() }
        } catch {
            task.cancel()
            throw error
        }
        let before = signals.map { install($0) }
        let result = await withTaskCancellationHandler {
            await task.value
        } onCancel: {
            task.cancel()
        }
        for (signal, action) in zip(signals, before) {
            var action = action
            sigaction(signal, &action, nil)
        }
        wakeup.store(-1, ordering: .sequentiallyConsistent)
        // Ends the thread that listens.
        close(writing)
        let signal = received.load(ordering: .sequentiallyConsistent)
        if signal != 0 { raise(signal) }
        return try result.get()
    }

    /// Starts a thread that calls `interrupt` when a signal came, and ends when the returned end of its pipe is closed.
    private static func listen(_ interrupt: @escaping @Sendable () -> Void) throws(HFSError) -> Int32 {
        var ends: [Int32] = [0, 0]
        guard pipe(&ends) == 0 else { throw TrialFolder.error("make a pipe") }
        let (reading, writing) = (ends[0], ends[1])
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        do throws(HFSError) {
            try startThread(name: "hfs-signals") {
                var byte: UInt8 = 0
                var count = read(reading, &byte, 1)
                while count < 0, errno == EINTR { count = read(reading, &byte, 1) }
                if count == 1 {
                    received.store(Int32(byte), ordering: .sequentiallyConsistent)
                    interrupt()
                }
                close(reading)
            }
        } catch {
            for end in ends { close(end) }
            throw error
        }
        wakeup.store(writing, ordering: .sequentiallyConsistent)
        return writing
    }

    /// Installs the handler, unless the signal is ignored; the action that there was before.
    private static func install(_ signal: Int32) -> sigaction {
        var before = sigaction()
        sigaction(signal, nil, &before)
        if unsafeBitCast(before.__sigaction_handler.sa_handler, to: Int.self) == unsafeBitCast(SIG_IGN, to: Int.self) {
            return before
        }
        var action = sigaction()
        action.sa_flags = SA_RESTART | Int32(bitPattern: UInt32(SA_RESETHAND))
        action.__sigaction_handler.sa_handler = { signal in
            let descriptor = Interruption.wakeup.load(ordering: .sequentiallyConsistent)
            guard descriptor >= 0 else { return }
            var byte = UInt8(truncatingIfNeeded: signal)
            _ = write(descriptor, &byte, 1)
        }
        sigaction(signal, &action, nil)
        return before
    }
}
