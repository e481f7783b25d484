public import Core

/// What every optimizer is told about the search.
public struct SearchSettings: Hashable, Sendable, Codable {
    public var space: SearchSpace
    public var direction: Direction
    /// Different settings of the parameters that are tried; promotions of ASHA and Hyperband come on top. At least 1.
    public var trials: Int
    public var seed: UInt64

    public init(_ space: SearchSpace, direction: Direction, trials: Int, seed: UInt64) throws(HFSError) {
        guard (1...Limits.experimentTrialsMax).contains(trials) else {
            throw HFSError(.invalidArgument, "\(trials) trials: between 1 and \(Limits.experimentTrialsMax)")
        }
        self.space = space
        self.direction = direction
        self.trials = trials
        self.seed = seed
    }

    /// The generator for the decision after `decided` others.
    func random(_ decided: Int) -> RandomGenerator { RandomGenerator(seed: seed, index: decided) }

    /// A suggestion with the whole budget.
    func suggestion(_ parameters: [String: ParameterValue], slot: Int? = nil) -> Suggestion {
        guard let budget = space.budget else { return Suggestion(parameters, slot: slot) }
        var suggestion = withBudget(parameters, budget.high)
        suggestion.slot = slot
        return suggestion
    }

    func withBudget(_ parameters: [String: ParameterValue], _ budget: Int) -> Suggestion {
        var parameters = parameters
        if let name = space.budget?.name { parameters[name] = .number(Double(budget)) }
        return Suggestion(parameters, budget: budget)
    }

    /// Throws unless there is something to search.
    func checkNotEmpty(_ optimizer: String) throws(HFSError) {
        guard !space.searched.isEmpty else {
            throw HFSError(
                .invalidArgument, "The search space is empty: \(optimizer) needs a parameter ('none' needs none)")
        }
    }
}
