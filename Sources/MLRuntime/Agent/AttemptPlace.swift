/// Where an attempt's files lie in the filesystem.
struct AttemptPlace: Hashable, Sendable {
    /// The directory of the trial or the job: it has the attributes.
    let trial: String
    /// The experiment's or the job's: what is read elsewhere is an input.
    let root: String
    /// What the attempt writes.
    let directory: String
    /// The name that the attempt's directory gets when it counts; nil: somebody else gives it one.
    let result: String?
    /// Checkpoints that it may go on from, the best first.
    let checkpoints: [String]

    /// Of a trial: its last attempt's checkpoint, else that of the trial that was promoted.
    init(_ paths: ExperimentPaths, _ order: QueuedTrial, attempt: Int) {
        trial = paths.trial(order.trial)
        root = paths.root
        directory = paths.attempt(order.trial, attempt)
        result = paths.result(order.trial)
        let earlier = (1..<attempt).reversed().map { paths.attempt(order.trial, $0) }
        let parent = order.suggestion.parent.map { paths.result($0) }
        checkpoints = (earlier + [parent].compactMap { $0 }).map { "\($0)/checkpoints" }
    }

    /// Of a worker of a job: its own last attempt's checkpoint.
    init(_ paths: JobPaths, rank: Int, attempt: Int) {
        trial = paths.root
        root = paths.root
        directory = JobPaths.rank(rank, in: paths.attempt(attempt))
        result = nil
        checkpoints = (1..<attempt).reversed().map { "\(JobPaths.rank(rank, in: paths.attempt($0)))/checkpoints" }
    }
}
