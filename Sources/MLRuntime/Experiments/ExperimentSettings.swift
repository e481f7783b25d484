public import Core

/// What an experiment is: `experiment.json`, written once before the experiment has its name.
public struct ExperimentSettings: Hashable, Sendable, Codable {
    public var name: String
    public var project: String
    public var user: String
    /// Milliseconds since 1970.
    public var createdMs: Int64
    /// The program and its arguments; empty where trials are run by who asks for them.
    public var command: [String]
    /// Where the program starts.
    public var directory: String
    public var search: SearchSettings
    public var optimizer: OptimizerChoice
    /// The metric that is optimised.
    public var metric: String
    public var earlyStopping: EarlyStopping
    /// Trials at once.
    public var parallel: Int
    /// Times that a trial is tried again after its program failed. Attempts lost with their agent do not count.
    public var retries: Int
    /// Between SIGTERM and SIGKILL for a program that is to stop.
    public var graceMs: Int64
    /// How long an agent may be silent about an attempt before it is taken back; nil: `leaseMsDefault`.
    public var leaseMs: UInt32?
    /// Checkpoints of an attempt that are kept while its program runs; nil: `checkpointsKeptDefault`.
    public var keepCheckpoints: Int?
    /// The run in which trials are nested.
    public var run: UInt64?
    /// The call of a program that it is, whose closure its trials run; nil for programs that know nothing of it.
    public var program: ProgramCall?
    /// What each trial needs of its host; nil: nothing but a slot.
    public var resources: Resources?

    /// Half a minute: some thirty words of an agent.
    public static let leaseMsDefault: UInt32 = 30_000
    public static let checkpointsKeptDefault = 3

    /// The lease that goes for its attempts.
    public var attemptLeaseMs: UInt32 { leaseMs ?? Self.leaseMsDefault }
    /// The checkpoints that are kept of each of its attempts.
    public var checkpointsKept: Int { keepCheckpoints ?? Self.checkpointsKeptDefault }

    public init(
        name: String, project: String, user: String, createdMs: Int64, command: [String], directory: String,
        search: SearchSettings, optimizer: OptimizerChoice, metric: String, earlyStopping: EarlyStopping, parallel: Int,
        retries: Int, graceMs: Int64
    ) throws(HFSError) {
        guard (1...1000).contains(parallel) else {
            throw HFSError(.invalidArgument, "\(parallel) trials at once: between 1 and 1000")
        }
        guard retries >= 0, graceMs >= 0 else {
            throw HFSError(.invalidArgument, "Retries and the time to stop are not negative")
        }
        for (what, text) in [("experiment", name), ("project", project)] {
            guard !text.isEmpty, !text.hasPrefix("."), !text.contains("/"), text.utf8.count <= 200 else {
                throw HFSError(.invalidArgument, "'\(text)' is no name of an \(what)")
            }
        }
        guard metric.utf8.count <= 200, !metric.isEmpty, !metric.contains("=") else {
            throw HFSError(.invalidArgument, "'\(metric)' is no name of a metric")
        }
        self.name = name
        self.project = project
        self.user = user
        self.createdMs = createdMs
        self.command = command
        self.directory = directory
        self.search = search
        self.optimizer = optimizer
        self.metric = metric
        self.earlyStopping = earlyStopping
        self.parallel = parallel
        self.retries = retries
        self.graceMs = graceMs
    }
}
