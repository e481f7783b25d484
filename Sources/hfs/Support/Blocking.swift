import Core

/// Runs blocking work on a thread of its own, so that it holds no thread of the cooperative pool.
enum Blocking {
    static func run<R: Sendable>(_ body: @escaping @Sendable () throws -> R) async throws -> R {
        let thread = OnceThread()
        let result: Result<R, any Error> = await withCheckedContinuation { continuation in
            thread.start(
                { continuation.resume(returning: Result { try body() }) },
                onError: { continuation.resume(returning: .failure($0)) })
        }
        thread.join()
        return try result.get()
    }

    /// Holds the thread between its start and its join, which happen in one function but in two closures.
    private final class OnceThread {
        private var thread: DedicatedThread?

        func start(_ body: @escaping @Sendable () -> Void, onError: (any Error) -> Void) {
            do {
                thread = try DedicatedThread(name: "hfs-blocking", body)
            } catch {
                onError(error)
            }
        }

        func join() { thread?.join() }
    }
}
