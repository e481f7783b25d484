import Core
import Testing

@testable import MLRuntime

@Suite("Ablation studies")
struct AblationTests {
    @Test("a base with all parts, then one trial without each part and group; repetitions share seeds")
    func trials() throws {
        let study = try AblationStudy(
            components: ["a", "b", "c"], groups: [AblationStudy.Group("ab", ["a", "b"])],
            custom: [AblationStudy.Custom("narrow", ["hidden": .number(8)])],
            parameters: ["hidden": .number(32), "lr": .number(0.1)], repeats: 2)
        let trials = study.trials(seed: 5)
        #expect(
            trials.map(\.suggestion.variant)
                == ["base", "base", "a", "a", "b", "b", "c", "c", "ab", "ab", "narrow", "narrow"])
        #expect(trials[0].suggestion.components == ComponentChoice(included: ["a", "b", "c"], omitted: []))
        #expect(trials[8].suggestion.components == ComponentChoice(included: ["c"], omitted: ["a", "b"]))
        #expect(trials[10].suggestion.parameters == ["hidden": .number(8), "lr": .number(0.1)])
        #expect(trials[2].suggestion.parameters == ["hidden": .number(32), "lr": .number(0.1)])
        #expect(Set(trials.map(\.seed)).count == 2)
        #expect(trials[0].seed == trials[10].seed && trials[0].seed != trials[1].seed)
    }

    @Test("a study without parts, of a part twice, or of a group of what is none is refused")
    func refusals() {
        func refused(_ components: [String], _ groups: [AblationStudy.Group] = [], repeats: Int = 1) -> String {
            let error = #expect(throws: HFSError.self) {
                try AblationStudy(components: components, groups: groups, repeats: repeats)
            }
            return error?.message ?? ""
        }
        #expect(refused([]).contains("something to leave out"))
        #expect(refused(["a", "a"]).contains("'a' is there twice"))
        #expect(refused(["base"]).contains("all parts"))
        #expect(refused(["a"], [AblationStudy.Group("g", ["a", "z"])]).contains("'z'"))
        #expect(refused(["a"], [AblationStudy.Group("g", [])]).contains("empty"))
        #expect(refused(["a"], repeats: 0).contains("0 repetitions"))
        #expect(refused(["a"], repeats: 1001).contains("1001 repetitions"))
    }

    private static func history(_ metrics: [TrialResult], repeats: Int = 1) throws -> History {
        let trials = try AblationStudy(components: ["a", "b", "c"], repeats: repeats).trials(seed: 1)
        var records: [JournalRecord] = []
        for (index, (trial, result)) in zip(trials, metrics).enumerated() {
            records.append(.enqueued(trial: index, seed: trial.seed, suggestion: trial.suggestion))
            records.append(.claimed(trial: index, attempt: 1, agent: "x"))
            records.append(.ended(trial: index, attempt: 1, result: result))
        }
        // A journal's bytes keep all of it.
        return try History(Journal.records(in: bytes(records)).records)
    }

    private static func done(_ metric: Double) -> TrialResult { TrialResult(.finished, metric: metric) }

    @Test("contributions are by how much the base is better, the largest first, harm negative, failures last")
    func contributions() throws {
        let metrics = [Self.done(0.75), Self.done(1), Self.done(0.5), TrialResult(.failed, reason: "x")]
        let table = Contributions(try Self.history(metrics), .maximize).rows
        #expect(table.map(\.variant) == ["base", "b", "a", "c"])
        #expect(table.map(\.contribution) == [nil, 0.25, -0.25, nil])
        #expect(table[1].omitted == ["b"] && table[3].failed == 1 && table[3].metric == nil)
        let losses = Contributions(try Self.history(metrics), .minimize).rows
        #expect(losses.map(\.variant) == ["base", "a", "b", "c"])
        #expect(losses[1].contribution == 0.25)
    }

    @Test("repetitions are a mean and a spread; a study that is not over has what there is")
    func repetitions() throws {
        let metrics = [Self.done(1), Self.done(3), Self.done(1), TrialResult(.failed, reason: "x"), Self.done(0)]
        let table = Contributions(try Self.history(metrics, repeats: 2), .maximize).rows
        #expect(table[0].metric == 2 && table[0].trials == 2)
        #expect(abs((table[0].deviation ?? 0) - 2.0.squareRoot()) < 1e-12)
        #expect(table[1].variant == "b" && table[1].contribution == 2 && table[1].deviation == nil)
        #expect(table[2].variant == "a" && table[2].failed == 1 && table[2].contribution == 1)
        #expect(Contributions(History(), .maximize).rows.isEmpty)
    }
}
