public import Core

extension Experiment {
    /// Leaves out one part at a time: one trial with all parts, and one without each component and each group. The closure asks
    /// `trial.includes("conv2")`; features are columns that `trial.dataset` leaves out. All trials have the same seed, so that they
    /// differ in the part alone.
    ///
    /// - Parameters:
    ///   - components: names of components and of features.
    ///   - groups: parts that are left out together.
    ///   - params: of all trials.
    ///   - budget: how much each trial may use; nil: 1.
    /// - Throws: `.fileNotFound` when the trial with all parts has no result.
    public func ablation(
        _ components: [String], groups: [String: [String]] = [:], params: TrialParameters = TrialParameters(),
        budget: Int? = nil, direction: Objective, parallel: Int = 1, retries: Int = 0,
        _ body: @escaping @Sendable (Trial) async throws -> [String: any TrialOutput]
    ) async throws(HFSError) -> AblationResult {
        let study = try AblationSpace(components, groups: groups, params, budget: budget)
        let search = try SearchSettings(
            study.space, direction: direction.direction, trials: study.count, seed: Self.drawnSeed)
        var request = TrialsRequest(
            search: search, optimizer: .grid, metric: direction.metric, earlyStopping: EarlyStopping([.notANumber]),
            parallel: parallel, retries: retries, isDetached: false)
        request.ablation = study
        let result = try await ExperimentCall(self, request, tell: { _ in }).run(body)
        guard let contributions = AblationResult(result, direction.direction) else {
            throw HFSError(.fileNotFound, "The trial with all parts has no result", subject: result.path)
        }
        return contributions
    }
}
