public import Client
public import Core

/// One trial, as its closure sees it: the same in one run, a search, an ablation study and distributed training.
public final class Trial: Sendable {
    /// From 0.
    public let number: Int
    /// From 1: a trial is tried again when its program failed or its agent was lost.
    public let attempt: Int
    /// Random bits of this trial alone, the same in each of its attempts.
    public let seed: UInt32
    public let params: TrialParameters
    /// How much the trial may use in all, what an earlier attempt or a promoted trial used included; 1 where the space has none.
    public let budget: Int
    /// The checkpoint to go on from; nil at a trial's beginning.
    public let restored: Checkpoint?
    /// A directory of this host; what is in it at the end is kept as `logs/`.
    public let logDirectory: String
    /// The experiment's directory.
    public let experiment: String
    /// Acts in the attempt's name: what is read and written belongs to it.
    public let fileSystem: HFSFileSystem

    let environment: TrialEnvironment
    /// The workers of distributed training; nil elsewhere.
    let ring: Ring?
    private let checkpoints: CheckpointFolder
    private let channel: any TrialChannel

    init(
        _ environment: TrialEnvironment, channel: any TrialChannel, ring: Ring? = nil, on fileSystem: HFSFileSystem
    ) {
        self.channel = channel
        self.environment = environment
        self.ring = ring
        self.fileSystem = fileSystem
        number = environment.trial
        attempt = environment.attempt
        seed = environment.seed
        params = environment.parameters
        budget = environment.budget ?? 1
        logDirectory = environment.logs
        experiment = environment.experiment.root
        checkpoints = CheckpointFolder(environment.checkpoints)
        restored = checkpoints.newest
    }

    /// The first step that is left to do: 1, or the one behind the checkpoint's. Beyond the budget when nothing is left.
    public var resumedStep: Int { (restored?.step ?? 0) + 1 }

    /// The steps that are left to do, up to the budget; none when an earlier attempt came to its end but not to its result.
    public var steps: Range<Int> { min(resumedStep, budget + 1)..<budget + 1 }

    /// Whether the trial has a component or feature: false where an ablation study leaves it out.
    public func includes(_ name: String) -> Bool { !environment.omitted.contains(name) }

    // MARK: Reports

    /// Reports the metric that is optimised. Throws `TrialStopped` once the trial is to end early, `.connectionLost` when its agent
    /// is gone.
    public func report(_ value: Double, step: Int) async throws {
        try await report([environment.metric: value], step: step)
    }

    /// Reports several metrics of one step. `.invalidArgument` for what is no name of a metric.
    public func report(_ values: [String: Double], step: Int) async throws {
        for name in values.keys
        where name.isEmpty || name == "step" || name.contains(where: { $0.isWhitespace || $0 == "=" }) {
            throw HFSError(.invalidArgument, "'\(name)' is no name of a metric")
        }
        let text = values.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }.joined(separator: " ")
        if rank == 0 { try channel.say("\(MetricLine.prefix)\(text) step=\(step)") }
        if channel.isStopped { throw TrialStopped() }
    }

    // MARK: Checkpoints

    /// Keeps `bytes` as the state after a step. It counts once it is whole; the newest two stay.
    public func checkpoint(step: Int, _ bytes: [UInt8]) throws(HFSError) {
        try check(step)
        guard rank == 0 else { return }
        try say(checkpoints.save(step: step, bytes), step)
    }

    /// Keeps the file or directory that `write` makes at the path that it gets.
    public func checkpoint(step: Int, _ write: (String) throws -> Void) throws {
        try check(step)
        guard rank == 0 else { return }
        try say(checkpoints.save(step: step, write), step)
    }

    private func check(_ step: Int) throws(HFSError) {
        guard step >= 0 else { throw HFSError(.invalidArgument, "A step is not negative: \(step)") }
    }

    /// The agent may copy it from here on.
    private func say(_ checkpoint: String, _ step: Int) throws(HFSError) {
        try channel.say("hfs::checkpoint \(checkpoint) step=\(step)")
    }
}
