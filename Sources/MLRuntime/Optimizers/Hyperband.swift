public import Core

/// Hyperband (Li et al., JMLR 2018): brackets of successive halving, from many trials with little budget to few with all of it,
/// in turns. Within a bracket a rung begins when the one below has ended; slots that would wait get trials of the next bracket.
/// Brackets are opened until `trials` have started, the last one with what is left.
public struct Hyperband: Optimizer {
    private let search: SearchSettings
    private let eta: Int
    private let ladder: BudgetLadder
    /// Where each bracket's trials begin: the number that start in it, over all brackets.
    private let sizes: [Int]

    public init(_ search: SearchSettings, eta: Int) throws(HFSError) {
        try search.checkNotEmpty("hyperband")
        ladder = try BudgetLadder(search, eta: eta, optimizer: "hyperband")
        self.search = search
        self.eta = eta
        var sizes: [Int] = []
        var started = 0
        while started < search.trials {
            let size = min(Self.size(sizes.count, rungs: ladder.budgets.count, eta: eta), search.trials - started)
            sizes.append(size)
            started += size
        }
        self.sizes = sizes
    }

    public func decide(_ history: History) -> Decision {
        let promoted = Set(history.trials.compactMap(\.suggestion.parent))
        for bracket in sizes.indices {
            let trials = history.trials.filter { $0.suggestion.bracket == bracket }
            let lowest = bracket % ladder.budgets.count
            var expected = sizes[bracket]
            for rung in lowest..<ladder.budgets.count {
                let here = trials.filter { $0.suggestion.rung == rung }
                if rung == lowest, here.count < expected { return .trial(newcomer(history, bracket, rung)) }
                if rung > lowest, here.count < expected {
                    let below = Ranking.sorted(trials.filter { $0.suggestion.rung == rung - 1 }, search.direction)
                    let next = below.prefix(expected).first {
                        !promoted.contains($0.index) && $0.result?.loss(search.direction) != nil
                    }
                    // Those without a metric are not promoted: the rung has what it will have.
                    if let next { return .trial(promotion(of: next, bracket, rung)) }
                }
                guard here.allSatisfy({ $0.result != nil }) else { break }
                expected = min(expected, here.count) / eta
                if expected == 0 { break }
            }
        }
        return history.openCount == 0 ? .done : .wait
    }

    /// Trials that start in the bracket of that number.
    private static func size(_ bracket: Int, rungs: Int, eta: Int) -> Int {
        let halvings = rungs - 1 - bracket % rungs
        var power = 1
        for _ in 0..<halvings { power *= eta }
        return (rungs * power + halvings) / (halvings + 1)
    }

    private func newcomer(_ history: History, _ bracket: Int, _ rung: Int) -> Suggestion {
        var random = search.random(history.trials.count)
        var suggestion = search.withBudget(search.space.sample(&random), ladder.budgets[rung])
        suggestion.bracket = bracket
        suggestion.rung = rung
        return suggestion
    }

    private func promotion(of trial: History.Trial, _ bracket: Int, _ rung: Int) -> Suggestion {
        var suggestion = search.withBudget(trial.suggestion.parameters, ladder.budgets[rung])
        suggestion.bracket = bracket
        suggestion.rung = rung
        suggestion.parent = trial.index
        return suggestion
    }
}
