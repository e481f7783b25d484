import Core
import NIOCore
import Transport

/// Growing pauses between the tries of something that needs a little time elsewhere, up to a deadline.
struct RetryPause: Sendable {
    private let eventLoop: any EventLoop
    private let clock: any HFSClock
    private let deadlineMs: Int64
    private let longestMs: Int64
    private var nextMs: Int64

    /// - Parameter deadlineMs: by the clock's monotonic time.
    init(firstMs: Int64, longestMs: Int64, deadlineMs: Int64, clock: any HFSClock, eventLoop: any EventLoop) {
        nextMs = firstMs
        self.longestMs = longestMs
        self.deadlineMs = deadlineMs
        self.clock = clock
        self.eventLoop = eventLoop
    }

    /// Waits, twice as long each time; throws `error` when the deadline would pass, `.cancelled` with the task.
    mutating func wait(orThrow error: @autoclosure () -> HFSError) async throws(HFSError) {
        guard clock.monotonicMs + nextMs < deadlineMs else { throw error() }
        let pauseMs = nextMs
        nextMs = min(nextMs * 2, longestMs)
        try await EventLoopDelay.wait(ms: pauseMs, on: eventLoop)
    }
}
