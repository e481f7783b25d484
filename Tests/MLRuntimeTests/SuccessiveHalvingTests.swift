import Core
import MLRuntime
import Testing

@Suite("ASHA and Hyperband")
struct SuccessiveHalvingTests {
    static func simulated(
        _ name: String, _ direction: Direction, trials: Int, slots: Int, seed: UInt64 = 1
    ) throws -> SimulatedSearch {
        let space = try SpaceParser.parse(["x=0.0..1.0", "e=budget:1..9"])
        let search = try SearchSettings(space, direction: direction, trials: trials, seed: seed)
        return SimulatedSearch(
            optimizer: try OptimizerChoice(name).make(search), seed: seed, slots: slots,
            metric: { suggestion in
                guard case .number(let x)? = suggestion.parameters["x"] else { return TrialResult(.failed) }
                return TrialResult(.finished, metric: x)
            })
    }

    static func x(_ trial: History.Trial) -> Double {
        if case .number(let x)? = trial.suggestion.parameters["x"] { x } else { .nan }
    }

    @Test(
        "promoted are the best by the direction, with the same parameters and a larger budget",
        arguments: Direction.allCases, [1, 4])
    func direction(_ direction: Direction, _ slots: Int) throws {
        let history = try History(Self.simulated("asha", direction, trials: 27, slots: slots).journal())
        let rungs = (0..<3).map { rung in history.trials.filter { $0.suggestion.rung == rung } }
        #expect(rungs[0].count == 27)
        #expect(rungs[1].count >= 9)
        #expect(rungs[2].count >= 3)
        for trial in rungs[1] + rungs[2] {
            let parent = history.trials[try #require(trial.suggestion.parent)]
            #expect(parent.suggestion.parameters["x"] == trial.suggestion.parameters["x"])
            #expect(trial.suggestion.budget == parent.suggestion.budget.map { $0 * 3 })
            #expect(trial.suggestion.parameters["e"] == .number(Double(trial.suggestion.budget ?? 0)))
        }
        // The best nine of all have been promoted, whoever else was while they were unknown.
        let sorted = rungs[0].sorted { direction.isBetter(Self.x($0), than: Self.x($1)) }
        let promoted = Set(history.trials.compactMap(\.suggestion.parent))
        #expect(sorted.prefix(9).allSatisfy { promoted.contains($0.index) })
        #expect(history.best(direction).map(Self.x) == sorted.first.map(Self.x))
    }

    @Test("a trial is promoted at most once, and no search ends before all that it may promote is", arguments: 0..<20)
    func promotions(_ seed: UInt64) throws {
        let name = seed.isMultiple(of: 2) ? "asha" : "hyperband"
        let slots = Int(seed % 5) + 1
        let history = try History(
            Self.simulated(name, .minimize, trials: 30, slots: slots, seed: seed).journal(order: seed))
        let parents = history.trials.compactMap(\.suggestion.parent)
        #expect(Set(parents).count == parents.count, "\(name), seed \(seed)")
        #expect(history.trials.contains { $0.suggestion.budget == 9 }, "\(name), seed \(seed)")
    }

    @Test("Hyperband's brackets have the published sizes")
    func brackets() throws {
        let history = try History(Self.simulated("hyperband", .maximize, trials: 17, slots: 1).journal())
        // R = 9, eta = 3 (Li et al., table 1, for smax = 2): 9, 3, 1; 5, 1; 3.
        let sizes = (0..<3).map { bracket in
            (bracket..<3).map { rung in
                history.trials.count { $0.suggestion.bracket == bracket && $0.suggestion.rung == rung }
            }
        }
        #expect(sizes == [[9, 3, 1], [5, 1], [3]])
    }

    @Test("a slot that a rung would keep waiting gets a trial of the next bracket")
    func idle() throws {
        let space = try SpaceParser.parse(["x=0.0..1.0", "e=budget:1..9"])
        let hyperband = try OptimizerChoice("hyperband").make(
            SearchSettings(space, direction: .maximize, trials: 17, seed: 1))
        var history = History()
        var brackets: [Int?] = []
        for index in 0..<12 {
            guard case .trial(let suggestion) = hyperband.decide(history) else { break }
            brackets.append(suggestion.bracket)
            try history.apply(.enqueued(trial: index, seed: 0, suggestion: suggestion))
        }
        #expect(brackets == [0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1])
    }
}
