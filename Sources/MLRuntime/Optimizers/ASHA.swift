public import Core

/// Asynchronous successive halving (Li et al., MLSys 2020): as soon as a trial is among the best 1/eta of those that ended on its
/// rung, it is tried again with eta times its budget; while nobody is, a new one starts on the lowest rung. It ends when all
/// trials have started and nobody is left to be promoted.
public struct ASHA: Optimizer {
    private let search: SearchSettings
    private let eta: Int
    private let ladder: BudgetLadder

    public init(_ search: SearchSettings, eta: Int) throws(HFSError) {
        try search.checkNotEmpty("asha")
        ladder = try BudgetLadder(search, eta: eta, optimizer: "asha")
        var needed = 1
        for _ in 1..<ladder.budgets.count { needed *= eta }
        guard search.trials >= needed else {
            throw HFSError(
                .invalidArgument,
                "ASHA needs \(needed) trials for one to reach the budget \(ladder.budgets.last ?? 0) with eta \(eta): "
                    + "more trials, or a larger smallest budget")
        }
        self.search = search
        self.eta = eta
    }

    public func decide(_ history: History) -> Decision {
        let promoted = Set(history.trials.compactMap(\.suggestion.parent))
        for rung in (0..<ladder.budgets.count - 1).reversed() {
            let ended = Ranking.sorted(
                history.trials.filter { $0.suggestion.rung == rung && $0.result != nil }, search.direction)
            for trial in ended.prefix(ended.count / eta)
            where !promoted.contains(trial.index) && trial.result?.loss(search.direction) != nil {
                return .trial(promotion(of: trial, to: rung + 1))
            }
        }
        let started = history.trials.count { $0.suggestion.rung == 0 }
        guard started < search.trials else { return history.openCount == 0 ? .done : .wait }
        var random = search.random(history.trials.count)
        var suggestion = search.withBudget(search.space.sample(&random), ladder.budgets[0])
        suggestion.rung = 0
        return .trial(suggestion)
    }

    private func promotion(of trial: History.Trial, to rung: Int) -> Suggestion {
        var suggestion = search.withBudget(trial.suggestion.parameters, ladder.budgets[rung])
        suggestion.rung = rung
        suggestion.parent = trial.index
        return suggestion
    }
}
