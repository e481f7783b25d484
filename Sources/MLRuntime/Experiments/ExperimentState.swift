public import Core

/// How an experiment stands: derived, so that a killed driver leaves nothing that runs for ever.
public enum ExperimentState: String, Sendable {
    /// Somebody drives it.
    case running = "RUNNING"
    /// All trials have ended.
    case finished = "FINISHED"
    /// Somebody has ended it with `hfs experiment stop`.
    case stopped = "STOPPED"
    /// Its driver is gone before the end: `hfs experiment resume` goes on.
    case interrupted = "INTERRUPTED"

    public init(
        _ settings: ExperimentSettings, _ history: History, driver: ProcessIdentity?, isStopped: Bool = false
    ) throws(HFSError) {
        if driver != nil {
            self = .running
        } else if isStopped, history.openCount == 0 {
            self = .stopped
        } else {
            let optimizer = try settings.optimizer.make(settings.search)
            self = history.openCount == 0 && optimizer.decide(history) == .done ? .finished : .interrupted
        }
    }
}
