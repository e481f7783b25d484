/// Ended trials in the order of their worth.
enum Ranking {
    /// The best first; equals by their index; those without a metric last.
    static func sorted(_ trials: [History.Trial], _ direction: Direction) -> [History.Trial] {
        let ranked: [(trial: History.Trial, loss: Double)] = trials.map { trial in
            (trial, trial.result?.loss(direction) ?? .infinity)
        }
        let sorted = ranked.sorted { first, second in
            if first.loss != second.loss { return first.loss < second.loss }
            return first.trial.index < second.trial.index
        }
        return sorted.map(\.trial)
    }
}
