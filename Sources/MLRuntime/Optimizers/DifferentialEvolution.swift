public import Core

/// Differential evolution without generations (Storn, Price 1997; steady state): each free slot gets a candidate for the next
/// place of the population at once, bred from whoever holds the places by then.
///
/// The population holds positions in the unit cube. A candidate is `base + mutation * (second - third)`, crossed with the holder
/// of its place and reflected at the bounds; it takes the place when it is no worse. Half of the time the base is a member at
/// random, else a step from the holder towards the best.
public struct DifferentialEvolution: Optimizer {
    private let search: SearchSettings
    private let population: Int
    private let mutation: Double
    private let crossover: Double

    public init(_ search: SearchSettings, population: Int, mutation: Double, crossover: Double) throws(HFSError) {
        try search.checkNotEmpty("de")
        for parameter in search.space.searched {
            if case .categorical = parameter.domain {
                throw HFSError(
                    .unsupported,
                    "The optimizer 'de' cannot handle '\(parameter.name)': categorical values have no order "
                        + "(make it ordinal, or use random or tpe)")
            }
            if parameter.condition != nil {
                throw HFSError(
                    .unsupported,
                    "The optimizer 'de' cannot handle '\(parameter.name)': it is conditional (use random or tpe)")
            }
        }
        self.search = search
        self.population = population
        self.mutation = mutation
        self.crossover = crossover
    }

    private struct Member {
        var position: [Double]
        var loss: Double
    }

    public func decide(_ history: History) -> Decision {
        let decided = history.trials.count
        guard decided < search.trials else { return .done }
        var random = search.random(decided)
        let slot = decided % population
        let members = members(history)
        let present = members.indices.filter { members[$0] != nil }
        guard decided >= population, present.count >= 4 else {
            return .trial(search.suggestion(search.space.sample(&random), slot: slot))
        }
        let position = breed(members, present, slot, &random)
        return .trial(search.suggestion(search.space.values { position[$0] }, slot: slot))
    }

    /// Who holds each place: the best of those that competed for it, the later of equals.
    private func members(_ history: History) -> [Member?] {
        var members = [Member?](repeating: nil, count: population)
        for trial in history.trials {
            guard let slot = trial.suggestion.slot, let loss = trial.result?.loss(search.direction) else { continue }
            if let holder = members[slot], holder.loss < loss { continue }
            members[slot] = Member(
                position: search.space.searched.map { parameter in
                    trial.suggestion.parameters[parameter.name].flatMap { parameter.domain.position(of: $0) } ?? 0.5
                }, loss: loss)
        }
        return members
    }

    private func breed(
        _ members: [Member?], _ present: [Int], _ slot: Int, _ random: inout RandomGenerator
    ) -> [Double] {
        var pool = present.filter { $0 != slot }
        let picked = (0..<3).map { _ in pool.remove(at: random.below(pool.count)) }.compactMap { members[$0]?.position }
        let best = present.compactMap { members[$0] }.min { $0.loss < $1.loss }?.position ?? picked[0]
        let holder = members[slot]?.position ?? picked[0]
        let isTowardsBest = random.unit() < 0.5
        let fixed = random.below(holder.count)
        return holder.indices.map { index in
            let draw = random.unit()
            guard draw < crossover || index == fixed else { return holder[index] }
            let base =
                isTowardsBest ? holder[index] + mutation * (best[index] - holder[index]) : picked[0][index]
            return Self.reflected(base + mutation * (picked[1][index] - picked[2][index]))
        }
    }

    /// `value` mirrored at 0 and 1 until it lies between.
    private static func reflected(_ value: Double) -> Double {
        var value = value.truncatingRemainder(dividingBy: 2)
        if value < 0 { value += 2 }
        return value > 1 ? 2 - value : value
    }
}
