/// Where an attempt's files lie in the filesystem.
struct AttemptPaths: Hashable, Sendable {
    /// The directory of the trial or the job: it has the attributes.
    let trial: String
    /// The experiment's or the job's: what is read elsewhere is an input.
    let root: String
    /// What the attempt writes.
    let directory: String
    /// The name that the attempt's directory gets when it counts; nil: somebody else gives it one.
    let result: String?
    /// The directories of the attempts before, the last one first: it may go on from their checkpoints.
    let earlier: [String]
    /// What the trial left that was promoted.
    let parent: String?

    /// Of a trial.
    init(_ paths: ExperimentPaths, _ order: QueuedTrial, attempt: Int) {
        trial = paths.trial(order.trial)
        root = paths.root
        directory = paths.attempt(order.trial, attempt)
        result = paths.result(order.trial)
        earlier = (1..<attempt).reversed().map { paths.attempt(order.trial, $0) }
        parent = order.suggestion.parent.map { paths.result($0) }
    }

    /// Of a worker of a job.
    init(_ paths: JobPaths, rank: Int, attempt: Int) {
        trial = paths.root
        root = paths.root
        directory = JobPaths.rank(rank, in: paths.attempt(attempt))
        result = nil
        earlier = (1..<attempt).reversed().map { JobPaths.rank(rank, in: paths.attempt($0)) }
        parent = nil
    }
}
