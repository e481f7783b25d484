public import Core

/// An experiment of a program: trials of one closure, each run by a process of its own.
///
///     import MLRuntime
///
///     let space = try SearchSpace("lr=log:1e-4..1e-1", "hidden=int:16..256:step16", "epochs=budget:1..27")
///     let found = try await Experiment("digits", project: "demo").search(
///         space, optimizer: .asha(), direction: .maximize("accuracy"), trials: 64, parallel: 4
///     ) { trial in
///         for epoch in trial.steps {
///             ...
///             try await trial.report(accuracy, step: epoch)       // throws when stopped early
///         }
///         return ["accuracy": accuracy, "model": .directory(path)]
///     }
///     print(found.best.params, found.file("model") ?? "-")
///
/// A worker is this program again, with the same arguments. It comes to the same call, runs the closure for one trial and exits.
/// Experiment calls are numbered: a worker's earlier calls return what they returned before, without running anything, and so do
/// those of a program that was killed and is started again. Whatever else stands before a call must be repeatable; `isWorker` is
/// for what is not.
public struct Experiment: Sendable {
    public let name: String
    public let project: String
    let uri: String

    /// - Parameters:
    ///   - project: else `HFS_PROJECT`, else `default`.
    ///   - uri: the cluster; else `HFS_URI`, else the one of this machine.
    public init(_ name: String, project: String? = nil, uri: String? = nil) {
        self.name = name
        self.project = project ?? Environment["HFS_PROJECT"] ?? "default"
        self.uri = uri ?? StandardCluster.uri
    }

    /// This process runs a trial of an experiment that another one drives: what is not repeatable is not for it.
    public static var isWorker: Bool { WorkerIdentity.current != nil }

    /// This process is a worker that has not come to its trial yet: what other code does now the program has done before. Publishing
    /// does nothing then.
    public static var isReplaying: Bool { isWorker && Environment[WorkerIdentity.variable] != nil }

    /// Searches for the best parameters: `trials` settings of them, promotions of ASHA and Hyperband on top.
    ///
    /// In a worker it runs the closure, or returns at once where the trial belongs to a later call.
    ///
    /// - Parameters:
    ///   - parallel: trials at once.
    ///   - retries: times that a failed trial is tried again.
    ///   - seed: equal seeds decide alike; nil: one is drawn.
    ///   - isDetached: leaves the trials to `hfs agent` on hosts that have this program.
    ///   - tell: what happens, as it does.
    /// - Throws: `.fileNotFound` when no trial has a result; `.invalidArgument` for what cannot be searched, and when the program
    ///   makes other calls than before.
    public func search(
        _ space: SearchSpace, optimizer: OptimizerChoice = .random, direction: Objective, trials: Int = 16,
        parallel: Int = 1, earlyStopping: EarlyStopping = EarlyStopping([.notANumber]), retries: Int = 0,
        seed: UInt64? = nil, isDetached: Bool = false,
        tell: @escaping @Sendable (DriverEvent) -> Void = { _ in },
        _ body: @escaping @Sendable (Trial) async throws -> [String: any TrialOutput]
    ) async throws(HFSError) -> SearchResult {
        let search = try SearchSettings(
            space, direction: direction.direction, trials: trials,
            seed: seed ?? Self.drawnSeed)
        _ = try optimizer.make(search)
        let request = TrialsRequest(
            search: search, optimizer: optimizer, metric: direction.metric, earlyStopping: earlyStopping,
            parallel: parallel, retries: retries, isDetached: isDetached)
        return try await ExperimentCall(self, request, tell: tell).run(body)
    }

    /// Runs one trial in several processes that train together: `trial.allReduce` combines what each has computed from its part of the
    /// data. A worker that fails ends the others; all begin again from the last checkpoint, `retries` times.
    public func distributed(
        workers: Int, _ params: TrialParameters = TrialParameters(), budget: Int? = nil, direction: Objective,
        retries: Int = 0, seed: UInt64? = nil,
        _ body: @escaping @Sendable (Trial) async throws -> [String: any TrialOutput]
    ) async throws(HFSError) -> SearchResult {
        guard (1...Limits.distributedWorkersMax).contains(workers) else {
            throw HFSError(.invalidArgument, "\(workers) workers: between 1 and \(Limits.distributedWorkersMax)")
        }
        var request = try single(params, budget: budget, direction, retries: retries, seed: seed)
        request.workers = workers
        return try await ExperimentCall(self, request, tell: { _ in }).run(body)
    }

    /// Runs the closure once, with these parameters and that budget.
    public func run(
        _ params: TrialParameters = TrialParameters(), budget: Int? = nil, direction: Objective, retries: Int = 0,
        seed: UInt64? = nil,
        _ body: @escaping @Sendable (Trial) async throws -> [String: any TrialOutput]
    ) async throws(HFSError) -> SearchResult {
        let request = try single(params, budget: budget, direction, retries: retries, seed: seed)
        return try await ExperimentCall(self, request, tell: { _ in }).run(body)
    }

    /// One trial of these parameters.
    func single(
        _ params: TrialParameters, budget: Int?, _ objective: Objective, retries: Int, seed: UInt64?
    ) throws(HFSError) -> TrialsRequest {
        let search = try SearchSettings(
            try SearchSpace(of: params, budget: budget), direction: objective.direction, trials: 1,
            seed: seed ?? Self.drawnSeed)
        return TrialsRequest(
            search: search, optimizer: params.values.isEmpty ? .none : .grid, metric: objective.metric,
            earlyStopping: EarlyStopping([.notANumber]), parallel: 1, retries: retries, isDetached: false)
    }

    static var drawnSeed: UInt64 { UInt64.random(in: 0...UInt64(UInt32.max)) }
}
