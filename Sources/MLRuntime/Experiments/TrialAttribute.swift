/// The attributes through which driver and agents speak to one another, all on directories of trials but where told.
enum TrialAttribute {
    /// Who has the trial: a `TrialClaim`, changed by compare-and-set alone.
    static let claim = "ml.claim"
    /// What is to be tried: a `QueuedTrial`.
    static let order = "ml.trial"
    /// Of an experiment or a job: why it is to be stopped, with all that runs of it.
    static let stop = "ml.stop"
    /// Of a checkpoint that was published while its program ran: a `CheckpointNote`.
    static let checkpoint = "ml.checkpoint"
    /// How the trial ended, for queries.
    static let state = "ml.state"
    /// Of an attempt: the process group on its host, `HOST,PID,START`.
    static let process = "ml.process"
    /// Of an agent's sign of life: its `AgentCapacity`.
    static let capacity = "ml.capacity"
    /// Of an experiment: who drives it; absent when nobody does.
    static let driver = "ml.driver"
    /// Of an experiment: the call of a program that it is, a `ProgramCall`.
    static let program = "ml.program"
}
