import Core
import Testing

@testable import MLRuntime

@Suite("Experiment calls of a program")
struct ProgramCallTests {
    @Test("a call and a worker read what they write")
    func texts() throws {
        let call = ProgramCall(run: RunID(17), ordinal: 2, name: "digits of 8 by 8", space: "1f3a0c22")
        #expect(call.text == "run-17/2 1f3a0c22 digits of 8 by 8")
        #expect(try ProgramCall(call.text) == call)
        #expect(call.text.hasPrefix(ProgramCall.prefix(RunID(17), 2)))
        let worker = try WorkerIdentity("run-17/2/5")
        #expect(worker == WorkerIdentity(run: RunID(17), ordinal: 2, trial: 5) && "\(worker)" == "run-17/2/5")
    }

    @Test(
        "what is no worker is refused",
        arguments: ["", "run-17", "run-17/2", "run-17/0/1", "17/1/1", "run-1/1/-1", "run-1/1/1/"])
    func noWorker(_ text: String) {
        #expect(throws: HFSError.self) { try WorkerIdentity(text) }
    }

    @Test("a call of another name or space is an error that names both")
    func mismatch() throws {
        let made = ProgramCall(run: RunID(17), ordinal: 2, name: "digits", space: "1f3a0c22")
        for (name, space) in [("parts", "1f3a0c22"), ("digits", "00000001")] {
            let error = try #require(throws: HFSError.self) {
                try ProgramCall(run: RunID(17), ordinal: 2, name: name, space: space).checkSame(as: made)
            }
            #expect(error.message.contains("'\(name)' with the space \(space)"))
            #expect(error.message.contains("'digits' with the space 1f3a0c22") && error.message.contains("run-17"))
        }
        try made.checkSame(as: made)
    }

    @Test("equal spaces have equal fingerprints, others have others")
    func fingerprints() throws {
        let texts = ["lr=0.1..1.0", "lr=0.1..1.5", "lr=log:0.1..1.0", "rate=0.1..1.0", "lr=0.1|1.0"]
        let prints = try texts.map { try SearchSpace($0).fingerprint }
        #expect(Set(prints).count == texts.count && prints.allSatisfy { $0.count == 8 })
        let again = try texts.map { try SearchSpace($0).fingerprint }
        #expect(prints == again)
    }

    @Test("optimizers by name are those of the command line")
    func optimizers() throws {
        for (choice, text) in [
            (OptimizerChoice.random, "random"), (.grid, "grid"), (.none, "none"), (.asha(), "asha:eta=3"),
            (.hyperband(eta: 4), "hyperband:eta=4"), (.tpe(startup: 5), "tpe:startup=5,candidates=24"),
            (.differentialEvolution(), "de:population=10,mutation=0.5,crossover=0.9"),
        ] {
            let parsed = try OptimizerChoice(text)
            #expect(choice == parsed)
        }
    }

    @Test("an ablation study leaves out one part or one group at a time")
    func ablation() throws {
        let params = TrialParameters(["lr": .number(0.5)])
        let study = try AblationSpace(["a", "b"], groups: ["both": ["a", "b"]], params, budget: 3)
        #expect(study.count == 4 && study.space.budget?.high == 3)
        let search = try SearchSettings(study.space, direction: .maximize, trials: study.count, seed: 1)
        let grid = try GridSearch(search)
        var history = History()
        var omitted: [Set<String>] = []
        while case .trial(let suggestion) = grid.decide(history) {
            #expect(suggestion.budget == 3 && suggestion.parameters["lr"] == .number(0.5))
            omitted.append(study.omitted(TrialParameters(suggestion.parameters)))
            try history.apply(.enqueued(trial: history.trials.count, seed: 1, suggestion: suggestion))
        }
        #expect(omitted == [[], ["a"], ["b"], ["a", "b"]])
        #expect(throws: HFSError.self) { try AblationSpace([], groups: [:], params, budget: nil) }
        #expect(throws: HFSError.self) { try AblationSpace(["a", "a"], groups: [:], params, budget: nil) }
    }
}
