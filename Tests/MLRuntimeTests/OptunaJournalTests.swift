import Core
import Foundation
import Testing

@testable import MLRuntime

@Suite("Optuna's journal")
struct OptunaJournalTests {
    private static func lines(_ declarations: [String], _ records: [JournalRecord]) throws -> [[String: Any]] {
        let settings = try ExperimentSettings(
            name: "e", project: "p", user: "u", createdMs: 0, command: ["true"], directory: "/",
            search: SearchSettings(SpaceParser.parse(declarations), direction: .maximize, trials: 9, seed: 0),
            optimizer: OptimizerChoice("random"), metric: "score", earlyStopping: EarlyStopping([]), parallel: 1,
            retries: 0, graceMs: 0)
        var series = MetricSeries()
        series.append(MetricSeries.Point(step: 3, value: 0.5))
        series.append(MetricSeries.Point(step: 4, value: .nan))
        let details = TrialDetails(
            startedMs: 1_700_000_000_123, endedMs: 1_700_000_001_000, metrics: [:], series: series)
        let bytes = try OptunaJournal.bytes("e-1", settings, History(records), details: [0: details])
        return try bytes.split(separator: 10).map { line in
            try #require(JSONSerialization.jsonObject(with: Data(line)) as? [String: Any])
        }
    }

    private static func trial(_ index: Int, _ parameters: [String: ParameterValue], _ result: TrialResult?)
        -> [JournalRecord]
    {
        let begun: [JournalRecord] = [
            .enqueued(trial: index, seed: 0, suggestion: Suggestion(parameters)),
            .claimed(trial: index, attempt: 1, agent: "a"),
        ]
        return begun + (result.map { [.ended(trial: index, attempt: 1, result: $0)] } ?? [])
    }

    @Test("a study has its direction, and each trial its state, value, parameters and reports")
    func study() throws {
        let lines = try Self.lines(
            ["lr=log:1e-3..1", "n=int:1..10:step4", "act=a|b"],
            Self.trial(0, ["lr": .number(0.1), "n": .number(5), "act": .text("b")], TrialResult(.finished, metric: 2))
                + Self.trial(1, [:], TrialResult(.stopped, metric: 1, reason: "median"))
                + Self.trial(2, [:], TrialResult(.failed, reason: "exit 1"))
                + Self.trial(3, [:], TrialResult(.finished, metric: .nan)) + Self.trial(4, [:], nil))
        #expect(lines[0]["study_name"] as? String == "e-1")
        #expect(lines[0]["directions"] as? [Int] == [2])
        let trials = lines.dropFirst(3)
        #expect(trials.map { $0["state"] as? Int } == [1, 2, 3, 3, 0])
        let first = try #require(trials.first)
        #expect(first["value"] as? Double == 2)
        #expect(first["params"] as? [String: Double] == ["lr": 0.1, "n": 5, "act": 1])
        #expect(first["intermediate_values"] as? [String: Double] == ["3": 0.5])
        #expect(first["datetime_start"] as? String == "2023-11-14T22:13:20.123+00:00")
        let distributions = try #require(first["distributions"] as? [String: String])
        #expect(
            distributions["n"]
                == #"{"attributes":{"high":9,"log":false,"low":1,"step":4},"name":"IntDistribution"}"#)
        #expect(distributions["act"] == #"{"attributes":{"choices":["a","b"]},"name":"CategoricalDistribution"}"#)
        #expect(trials.allSatisfy { $0.keys.contains("datetime_start") })
    }

    @Test("parameters that the space does not know are what they were")
    func unknown() throws {
        let lines = try Self.lines(
            [],
            Self.trial(0, ["x": .number(1), "kind": .text("a")], TrialResult(.finished, metric: 1))
                + Self.trial(1, ["x": .number(3), "kind": .number(2)], TrialResult(.finished, metric: 1)))
        let last = try #require(lines.last)
        #expect(last["params"] as? [String: Double] == ["x": 3, "kind": 1])
        let distributions = try #require(last["distributions"] as? [String: String])
        #expect(distributions["x"]?.contains(#""high":3,"log":false,"low":1"#) == true)
        #expect(distributions["kind"]?.contains(#""choices":["a",2]"#) == true)
    }
}
