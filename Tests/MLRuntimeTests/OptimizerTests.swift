import Core
import MLRuntime
import Testing

@Suite("Optimizers")
struct OptimizerTests {
    static let names = ["random", "grid", "none", "de", "asha", "hyperband", "tpe"]

    /// A space that every optimizer but `none` can handle.
    static func search(_ name: String, seed: UInt64, direction: Direction = .maximize) throws -> SearchSettings {
        let declarations = ["x=double:0..1:step0.05", "n=int:1..9:step2", "e=budget:1..9"]
        let space = try SpaceParser.parse(name == "none" ? ["e=budget:1..9"] : declarations)
        return try SearchSettings(space, direction: direction, trials: 40, seed: seed)
    }

    static func simulated(_ name: String, seed: UInt64, slots: Int) throws -> SimulatedSearch {
        SimulatedSearch(
            optimizer: try OptimizerChoice(name).make(search(name, seed: seed)), seed: seed, slots: slots)
    }

    @Test("replaying a journal gives the same bytes, at any parallelism", arguments: names, [1, 2, 7])
    func replay(_ name: String, _ slots: Int) throws {
        for seed in UInt64(0)..<5 {
            let search = try Self.simulated(name, seed: seed, slots: slots)
            let journal = try search.journal(order: seed)
            let text = try bytes(journal)
            #expect(try bytes(search.replay(Journal.records(in: text).records)) == text, "\(name), seed \(seed)")
        }
    }

    @Test("random and grid try the same trials at any parallelism", arguments: ["random", "grid", "none"])
    func parallel(_ name: String) throws {
        func enqueued(_ slots: Int) throws -> [JournalRecord] {
            try Self.simulated(name, seed: 3, slots: slots).journal(order: UInt64(slots)).filter {
                if case .enqueued = $0 { true } else { false }
            }
        }
        let alone = try enqueued(1)
        #expect(alone.count == 40)
        for slots in [2, 3, 16] { #expect(try enqueued(slots) == alone) }
    }

    @Test(
        "one slot and one seed give one journal; another seed another one", arguments: ["random", "de", "asha", "tpe"])
    func seeds(_ name: String) throws {
        let first = try Self.simulated(name, seed: 1, slots: 1).journal(order: 1)
        #expect(try Self.simulated(name, seed: 1, slots: 1).journal(order: 9) == first)
        #expect(try Self.simulated(name, seed: 2, slots: 1).journal(order: 1) != first)
    }

    @Test("failed trials, NaN and ties end no search too early and break none", arguments: names, 0..<8)
    func failures(_ name: String, _ seed: UInt64) throws {
        var search = try Self.simulated(name, seed: seed, slots: Int(seed % 4) + 1)
        search.metric = { suggestion in
            let sum = SimulatedSearch.sum(suggestion)
            switch Int(sum * 1000) % 4 {
            case 0: return TrialResult(.failed, reason: "exit 1")
            case 1: return TrialResult(.finished, metric: .nan)
            case 2: return TrialResult(.stopped, metric: 1)
            default: return TrialResult(.finished, metric: sum)
            }
        }
        let journal = try search.journal(order: seed)
        let history = try History(journal)
        #expect(history.openCount == 0)
        #expect(history.trials.count { $0.suggestion.parent == nil } == 40, "\(name), seed \(seed)")
        #expect(try bytes(search.replay(journal)) == bytes(journal))
    }

    @Test("what an optimizer cannot handle is refused with the parameter's name")
    func refusals() throws {
        func refused(_ name: String, _ declarations: [String], trials: Int = 9) -> HFSError? {
            #expect(throws: HFSError.self, "\(name) \(declarations)") {
                let space = try SpaceParser.parse(declarations)
                _ = try OptimizerChoice(name).make(
                    SearchSettings(space, direction: .minimize, trials: trials, seed: 0))
            }
        }
        for (name, declarations, parameter) in [
            ("grid", ["lr=log:1e-4..1e-1"], "lr"), ("de", ["n=1..4", "act=a|b"], "act"),
            ("de", ["o=ordinal:1|2", "x=0.0..1.0 if o=1"], "x"),
        ] {
            let error = refused(name, declarations)
            #expect(error?.code == .unsupported)
            #expect(error?.message.contains("'\(parameter)'") == true)
        }
        #expect(refused("asha", ["x=0.0..1.0"])?.message.contains("budget") == true)
        #expect(refused("hyperband", ["x=0.0..1.0", "e=budget:5..9"])?.message.contains("one rung") == true)
        #expect(refused("asha", ["x=0.0..1.0", "e=budget:1..27"], trials: 26)?.message.contains("27") == true)
        #expect(refused("grid", ["a=1..1000", "b=1..1000"])?.message.contains("100000 points") == true)
        #expect(refused("none", ["a=1..2"])?.message.contains("empty") == true)
        for name in Self.names where name != "none" { #expect(refused(name, [])?.message.contains("empty") == true) }
        #expect(refused("annealing", ["a=1..2"])?.message.contains("no optimizer") == true)
        #expect(refused("tpe:gamma=1", ["a=1..2"])?.message.contains("no option") == true)
        #expect(refused("de:population=3", ["a=1..2"])?.message.contains("population") == true)
        #expect(refused("random", ["a=1..2"], trials: 0)?.message.contains("0 trials") == true)
    }

    @Test("a grid has each combination once; a parameter whose condition does not hold adds none")
    func grid() throws {
        let space = try SpaceParser.parse(["opt=sgd|adam", "m=double:0..1:step0.5 if opt=sgd", "n=1..2"])
        let search = try SearchSettings(space, direction: .maximize, trials: 100, seed: 0)
        let journal = try SimulatedSearch(optimizer: GridSearch(search), seed: 0, slots: 3).journal()
        let points = try History(journal).trials.map(\.suggestion.parameters)
        #expect(points.count == 8)
        #expect(Set(points).count == 8)
        #expect(points.first == ["opt": .text("sgd"), "m": .number(0), "n": .number(1)])
        #expect(points.last == ["opt": .text("adam"), "n": .number(2)])
    }

    @Test("TPE finds the better half of conditional and categorical spaces, more often than chance")
    func conditionalTPE() throws {
        var hits = 0
        for seed in UInt64(0)..<10 {
            let space = try SpaceParser.parse([
                "opt=sgd|adam|lion", "m=0.0..1.0 if opt=sgd", "b=0.0..1.0 if opt=adam|lion",
            ])
            let search = try SearchSettings(space, direction: .minimize, trials: 60, seed: seed)
            let simulated = SimulatedSearch(
                optimizer: try OptimizerChoice("tpe").make(search), seed: seed, slots: 1,
                metric: { suggestion in
                    guard suggestion.parameters["opt"] == .text("sgd"),
                        case .number(let m)? = suggestion.parameters["m"]
                    else { return TrialResult(.finished, metric: 2) }
                    return TrialResult(.finished, metric: abs(m - 0.3))
                })
            let late = try History(simulated.journal()).trials.suffix(30)
            hits += late.count { trial in
                guard case .number(let m)? = trial.suggestion.parameters["m"] else { return false }
                return abs(m - 0.3) < 0.2
            }
        }
        // By chance 0.4 / 3 of 300.
        #expect(hits > 180, "\(hits) of 300")
    }
}
