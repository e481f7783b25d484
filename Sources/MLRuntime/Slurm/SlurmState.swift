/// What Slurm says of a job, as far as it matters here. The truth about work is in the filesystem: Slurm only explains silence.
enum SlurmState: Hashable, Sendable {
    case queued
    case running
    case finished
    /// Its program failed.
    case failed
    /// It ended for a reason that another job need not meet: it may be submitted again.
    case lost
    /// Ended by somebody.
    case killed
    /// Nothing that is known: ask again.
    case unknown

    /// From squeue's `%T` or scontrol's `JobState`.
    init(_ text: some StringProtocol) {
        switch text {
        case "PENDING", "CONFIGURING", "REQUEUED", "REQUEUE_HOLD", "REQUEUE_FED", "SPECIAL_EXIT", "SUSPENDED",
            "STOPPED",
            "RESV_DEL_HOLD":
            self = .queued
        case "RUNNING", "COMPLETING", "STAGE_OUT", "SIGNALING", "RESIZING": self = .running
        case "COMPLETED": self = .finished
        case "FAILED", "OUT_OF_MEMORY": self = .failed
        case "TIMEOUT", "PREEMPTED", "NODE_FAIL", "BOOT_FAIL", "REVOKED": self = .lost
        case "CANCELLED", "DEADLINE": self = .killed
        default: self = .unknown
        }
    }
}
