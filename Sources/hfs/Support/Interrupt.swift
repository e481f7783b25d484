import Glibc
import UnixSignals

/// Ctrl-C and SIGTERM as cancellation, so that a command can take back what it had half done.
enum Interrupt {
    struct Interrupted: Error { let signal: Int32 }

    /// Runs `body`; the first signal cancels it and waits for it to end, a second one ends the process at once.
    static func cancelling<R: Sendable>(_ body: @escaping @Sendable () async throws -> R) async throws -> R {
        let signals = await UnixSignalsSequence(trapping: .sigint, .sigterm)
        return try await withThrowingTaskGroup(of: R?.self) { group in
            group.addTask { try await body() }
            group.addTask {
                for await signal in signals { throw Interrupted(signal: signal.rawValue) }
                return nil
            }
            do {
                while let ended = try await group.next() {
                    guard let result = ended else { continue }
                    group.cancelAll()
                    return result
                }
                throw CancellationError()
            } catch let interrupted as Interrupted {
                group.cancelAll()
                group.addTask {
                    for await signal in await UnixSignalsSequence(trapping: .sigint, .sigterm) {
                        exit(128 + signal.rawValue)
                    }
                    return nil
                }
                // The cancelled body cleans up; whatever it throws now is the cancellation's doing.
                _ = try? await group.next()
                group.cancelAll()
                throw interrupted
            }
        }
    }
}
