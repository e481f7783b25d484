import MLRuntime

/// Says what a job waits for, and why an attempt came to nothing: once each, and not what passes by itself at once.
struct JobWaits {
    private static let looksBeforeTold = 4
    private var told: String?
    private var looks = 0
    private var attempt = 1

    mutating func tell(_ status: JobStatus) {
        if status.claim.attempt > attempt {
            attempt = status.claim.attempt
            Console.standardError("attempt \(attempt): \(status.claim.lastReason ?? "-")\n")
        }
        guard status.state == .queued, let reason = status.reason else { return looks = 0 }
        looks += 1
        guard looks >= Self.looksBeforeTold, reason != told else { return }
        told = reason
        Console.standardError("\(status.paths.id) \(reason)\n")
    }
}
