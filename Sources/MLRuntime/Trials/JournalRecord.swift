/// One line of an experiment's journal: what was decided, before it is acted on, and what came of it. Trials and attempts are
/// numbered from 0 and 1.
public enum JournalRecord: Hashable, Sendable, Codable {
    /// The optimizer's decision: this trial is to be run.
    case enqueued(trial: Int, seed: UInt32, suggestion: Suggestion)
    /// An attempt at a trial began, on that agent.
    case claimed(trial: Int, attempt: Int, agent: String)
    /// A running trial is to be stopped early.
    case stopping(trial: Int, step: Int, reason: String)
    /// An attempt came to nothing; whatever it still does has no effect. The trial is tried again. `counts`: its program failed,
    /// which a trial may do only so often; else its agent was lost.
    case fenced(trial: Int, attempt: Int, reason: String, counts: Bool)
    /// The trial ended with that attempt.
    case ended(trial: Int, attempt: Int, result: TrialResult)
}
