public import Core

/// The tree-structured Parzen estimator (Bergstra et al., NIPS 2011; multivariate as in Falkner et al., ICML 2018): of candidates
/// drawn from a density of the good trials the one that a density of the bad ones finds least likely.
///
/// Parameters with the same condition form a group, whose values are drawn together. Trials that run or failed count as bad, so
/// that parallel slots keep away from one another.
public struct TPE: Optimizer {
    /// The share of trials that are good, and how many at most.
    private static let goodShare = 0.1
    private static let goodMax = 25.0

    private let search: SearchSettings
    private let startup: Int
    private let candidates: Int
    private let groups: [Group]

    private struct Group {
        let condition: ParameterCondition?
        var parameters: [Parameter]
    }

    public init(_ search: SearchSettings, startup: Int, candidates: Int) throws(HFSError) {
        try search.checkNotEmpty("tpe")
        self.search = search
        self.startup = startup
        self.candidates = candidates
        groups = search.space.searched.reduce(into: []) { groups, parameter in
            if let same = groups.firstIndex(where: { $0.condition == parameter.condition }) {
                groups[same].parameters.append(parameter)
            } else {
                groups.append(Group(condition: parameter.condition, parameters: [parameter]))
            }
        }
    }

    public func decide(_ history: History) -> Decision {
        let decided = history.trials.count
        guard decided < search.trials else { return .done }
        var random = search.random(decided)
        let scored = Ranking.sorted(
            history.trials.filter { $0.result?.loss(search.direction) != nil }, search.direction)
        guard decided >= startup, !scored.isEmpty else {
            return .trial(search.suggestion(search.space.sample(&random)))
        }
        let goodCount = Int(min((Self.goodShare * Double(scored.count)).rounded(.up), Self.goodMax))
        let good = Set(scored.prefix(goodCount).map(\.index))
        var chosen: [String: ParameterValue] = [:]
        for group in groups where group.condition?.holds(for: chosen) ?? true {
            chosen.merge(draw(group, history, good, &random)) { $1 }
        }
        return .trial(search.suggestion(chosen))
    }

    private func draw(
        _ group: Group, _ history: History, _ good: Set<Int>, _ random: inout RandomGenerator
    ) -> [String: ParameterValue] {
        let domains = group.parameters.map(\.domain)
        var best: [[Double]] = []
        var rest: [[Double]] = []
        for trial in history.trials {
            let position = group.parameters.compactMap { parameter in
                trial.suggestion.parameters[parameter.name].flatMap { parameter.domain.position(of: $0) }
            }
            guard position.count == domains.count else { continue }
            if good.contains(trial.index) { best.append(position) } else { rest.append(position) }
        }
        let likely = ParzenEstimator(domains, best)
        let unlikely = ParzenEstimator(domains, rest)
        var choice: (position: [Double], gain: Double)?
        for _ in 0..<candidates {
            let position = likely.sample(&random)
            let gain = likely.logDensity(at: position) - unlikely.logDensity(at: position)
            if gain > choice?.gain ?? -.infinity || choice == nil { choice = (position, gain) }
        }
        let position = choice?.position ?? []
        return zip(group.parameters, position).reduce(into: [:]) { result, pair in
            result[pair.0.name] = pair.0.domain.value(at: pair.1)
        }
    }
}
