package import Core

/// When and how often a call is sent again under the same call id with the next retry count.
package struct RPCRetryPolicy: Sendable {
    /// Sends in all, the first included.
    package var attemptsMax: Int
    /// Wait before the second send; doubled for each further one.
    package var delayMs: Int64
    /// Longest wait between two sends.
    package var delayMaxMs: Int64
    /// True when an answer that was lost may be asked for again: the call is idempotent, or the server's retry cache
    /// remembers it by client id and call id.
    package var repeatsLostCalls: Bool
    /// Errors from the server that are worth another send.
    package var repeatsAnswers: Set<HFSError.Code>

    package init(
        attemptsMax: Int, delayMs: Int64 = 200, delayMaxMs: Int64 = 5_000, repeatsLostCalls: Bool = true,
        repeatsAnswers: Set<HFSError.Code> = [.standby, .retriable]
    ) {
        self.attemptsMax = attemptsMax
        self.delayMs = delayMs
        self.delayMaxMs = delayMaxMs
        self.repeatsLostCalls = repeatsLostCalls
        self.repeatsAnswers = repeatsAnswers
    }

    /// One send; every error goes to the caller.
    package static let none = RPCRetryPolicy(attemptsMax: 1)
    /// Until the deadline of the call: for servers that restart.
    package static let untilDeadline = RPCRetryPolicy(attemptsMax: .max)

    /// Whether a call that failed with `error` is sent again.
    func repeats(_ error: HFSError, attempt: Int) -> Bool {
        guard attempt < attemptsMax else { return false }
        switch error.code {
        case .connectionFailed: return true
        case .connectionLost: return repeatsLostCalls
        default: return repeatsAnswers.contains(error.code)
        }
    }

    /// The wait after the given number of sends, milliseconds.
    func delay(afterAttempt attempt: Int) -> Int64 {
        var delay = Swift.max(delayMs, 1)
        for _ in 1..<Swift.max(attempt, 1) where delay < delayMaxMs { delay *= 2 }
        return Swift.min(delay, Swift.max(delayMaxMs, 1))
    }
}
