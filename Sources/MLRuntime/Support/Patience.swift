import Client
import Core

/// Does again what only the moment was wrong for: datanodes that are away, start, or have no room for now.
struct Patience: Sendable {
    /// How long servers may refuse before that is an error.
    static let limitMs: Int64 = 120_000
    private static let pauseMs: Int64 = 250

    let fileSystem: HFSFileSystem
    let clock: any HFSClock

    /// Does `body` until it succeeds, fails for good, or has failed for too long. It must be such that it can be repeated.
    ///
    /// - Parameter cleanUp: before each repetition.
    func run(
        _ body: () async throws(HFSError) -> Void, cleanUp: () async -> Void = {}
    ) async throws(HFSError) {
        let deadlineMs = clock.monotonicMs + Self.limitMs
        while true {
            do throws(HFSError) {
                return try await body()
            } catch {
                guard error.code.mayPass, clock.monotonicMs < deadlineMs else { throw error }
                await cleanUp()
                try await fileSystem.pause(ms: Self.pauseMs)
            }
        }
    }
}
