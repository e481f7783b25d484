import Core
import Testing

@testable import MLRuntime

@Suite("Asking for trials")
struct AskingTests {
    private static func search(_ declarations: [String]) throws -> SearchSettings {
        try SearchSettings(SpaceParser.parse(declarations), direction: .maximize, trials: 4, seed: 1)
    }

    @Test("parameters of one's own are checked against the space; the budget is the most unless it is given")
    func parameters() throws {
        let search = try Self.search(["x=0.0..1.0", "act=a|b", "e=budget:1..9"])
        let given = try search.suggestion(asked: ["x": .number(0.5), "act": .text("b")])
        #expect(given.parameters == ["x": .number(0.5), "act": .text("b"), "e": .number(9)] && given.budget == 9)
        #expect(try search.suggestion(asked: ["x": .number(1), "e": .number(3)]).budget == 3)
        for (parameters, text) in [
            (["y": .number(1)], "no parameter 'y'"), (["x": .number(2)], "'x' is never 2"),
            (["act": .text("c")], "'act' is never c"), (["e": .number(10)], "between 1 and 9"),
        ] as [([String: ParameterValue], String)] {
            let error = #expect(throws: HFSError.self) { try search.suggestion(asked: parameters) }
            #expect(error?.code == .invalidArgument && error?.message.contains(text) == true)
        }
        #expect(try Self.search([]).suggestion(asked: ["any": .text("thing")]).parameters == ["any": .text("thing")])
    }

    @Test("a trial that was asked for takes no slot of the agents', unless they are to run it")
    func slots() throws {
        var history = History()
        for (index, isReserved) in [nil, true, false].enumerated() {
            var suggestion = Suggestion([:])
            suggestion.asked = isReserved.map { AskMark(id: "a", isReserved: $0) }
            try history.apply(.enqueued(trial: index, seed: 0, suggestion: suggestion))
        }
        #expect(history.openCount == 3 && history.offeredCount == 2)
    }

    @Test("a request is known by its directory, and an answer is what was written")
    func places() throws {
        let paths = ExperimentPaths("/Projects/p/Experiments/e-1")
        #expect(paths.ask(at: paths.ask("k3")) == "k3")
        #expect(paths.ask(at: paths.trial(3)) == nil)
        let answer = AskAnswer.trial(QueuedTrial(trial: 3, seed: 9, suggestion: Suggestion(["x": .number(1)])))
        #expect(try CanonicalJSON.value(AskAnswer.self, from: CanonicalJSON.bytes(answer)) == answer)
    }
}
