import Core
import MLRuntime

/// One search of a test function, a trial at a time.
enum RegretRun {
    /// How far the best of `trials` trials is from the function's minimum.
    static func regret(
        _ function: TestFunction, _ choice: OptimizerChoice, trials: Int, seed: UInt64
    ) throws(HFSError) -> Double {
        let search = try SearchSettings(try function.space, direction: .minimize, trials: trials, seed: seed)
        let optimizer = try choice.make(search)
        var history = History()
        var best = Double.infinity
        while case .trial(let suggestion) = optimizer.decide(history) {
            let index = history.trials.count
            let value = function.value(suggestion.parameters)
            best = min(best, value)
            try history.apply(
                .enqueued(trial: index, seed: RandomGenerator.trialSeed(seed, index: index), suggestion: suggestion))
            try history.apply(.claimed(trial: index, attempt: 1, agent: "bench"))
            try history.apply(.ended(trial: index, attempt: 1, result: TrialResult(.finished, metric: value)))
        }
        return best - function.minimum
    }
}
