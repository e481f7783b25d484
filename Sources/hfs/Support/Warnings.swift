import Glibc
import UnixSignals

/// SIGUSR1: this process's time is nearly over.
enum Warnings {
    /// From here on the signal does not end this process.
    static func stream() async -> AsyncStream<Void> {
        let signals = await UnixSignalsSequence(trapping: .sigusr1)
        return AsyncStream { continuation in
            let task = Task {
                for await _ in signals { continuation.yield() }
                continuation.finish()
            }
            continuation.onTermination = { _ in task.cancel() }
        }
    }
}
