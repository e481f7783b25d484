import Core
import MLRuntime
import Testing

@Suite("Search spaces")
struct SpaceParserTests {
    @Test(
        "a declaration means its domain",
        arguments: [
            ("lr=log:1e-4..1e-1", ParameterDomain.double(low: 1e-4, high: 1e-1, isLogarithmic: true)),
            ("momentum=0.0..0.9", .double(low: 0, high: 0.9)),
            ("dropout=double:0..0.5:step0.1", .double(low: 0, high: 0.5, step: 0.1)),
            ("hidden=int:16..256:step16", .int(low: 16, high: 256, step: 16)),
            ("batch=int:16..512:log", .int(low: 16, high: 512, isLogarithmic: true)),
            ("layers=1..4", .int(low: 1, high: 4)), ("shift=-4..-1", .int(low: -4, high: -1)),
            ("act=relu|tanh", .categorical([.text("relu"), .text("tanh")])),
            ("width=ordinal:16|64|256", .ordinal([.number(16), .number(64), .number(256)])),
            ("epochs=budget:1..27", .budget(low: 1, high: 27)),
        ])
    func domains(_ text: String, _ domain: ParameterDomain) throws {
        #expect(try SpaceParser.parse([text]).parameters.map(\.domain) == [domain])
    }

    @Test("a condition follows behind 'if'")
    func condition() throws {
        let space = try SpaceParser.parse(["opt=sgd|adam|nesterov", "momentum=0.0..0.9 if opt=sgd|nesterov"])
        #expect(
            space.parameters[1]
                == Parameter(
                    "momentum", .double(low: 0, high: 0.9),
                    if: ParameterCondition("opt", in: [.text("sgd"), .text("nesterov")])))
    }

    @Test(
        "what is wrong is refused with the parameter's name and the reason",
        arguments: [
            (["lr"], "no '='"), (["lr="], "no values"), (["=1..2"], "no name"), (["lr=2.0..1.0"], "inverted"),
            (["n=int:4..1"], "inverted"), (["lr=1..2", "lr=3..4"], "declared twice"), (["a=x|x"], "twice"),
            (["a=x||y"], "empty"), (["lr=log:0..1"], "above 0"), (["n=int:0..8:log"], "at 1 or above"),
            (["n=int:1..8:step16"], "does not fit"), (["n=int:1..8:step0"], "does not fit"),
            (["n=int:1.5..8"], "no whole number"), (["x=double:a..b"], "no number"),
            (["x=double:0..inf"], "not finite"),
            (["x=double:nan..1"], "not finite"), (["x=0..1:steep"], "neither"), (["x=double:1"], "no range"),
            (["b=budget:0..4"], "at least 1"), (["b=budget:1..4", "c=budget:1..4"], "at most one"),
            (["x=0..1 if y=a"], "not declared before"), (["y=a|b", "x=0..1 if y=c"], "never is"),
            (["y=a|b", "x=0..1 if y"], "no '='"), (["a b=1..2"], "is no name"),
            (["x=double:0..1e300:step1e-300"], "too small"),
        ])
    func refusals(_ declarations: [String], _ reason: String) {
        let error = #expect(throws: HFSError.self) { try SpaceParser.parse(declarations) }
        #expect(error?.code == .invalidArgument)
        #expect(error?.message.contains(reason) == true, "\(error?.message ?? "")")
    }

    @Test("values drawn from a space are its own, and a condition decides what is left out", arguments: 0..<50)
    func drawn(_ seed: UInt64) throws {
        let space = try SpaceParser.parse([
            "lr=log:1e-5..1e-1", "n=int:3..17:step7", "b=int:1..1000:log", "d=double:0.1..0.7:step0.2",
            "o=ordinal:1|10|100",
            "opt=sgd|adam", "m=0.0..0.9 if opt=sgd",
        ])
        let search = try SearchSettings(space, direction: .maximize, trials: 40, seed: seed)
        for record in try SimulatedSearch(optimizer: RandomSearch(search), seed: seed, slots: 1).journal() {
            guard case .enqueued(_, _, let suggestion) = record else { continue }
            let values = suggestion.parameters
            guard case .number(let rate)? = values["lr"], case .number(let batch)? = values["b"] else {
                Issue.record("seed \(seed): \(values)")
                continue
            }
            #expect((1e-5...1e-1).contains(rate) && (1...1000).contains(batch) && batch == batch.rounded())
            #expect([.number(3), .number(10), .number(17)].contains(values["n"]), "seed \(seed)")
            #expect([.number(0.1), .number(0.3), .number(0.5), .number(0.7)].contains(values["d"]), "seed \(seed)")
            #expect((values["m"] == nil) == (values["opt"] == .text("adam")), "seed \(seed)")
        }
    }

    @Test("a space survives JSON, and a damaged one is refused")
    func coding() throws {
        let space = try SpaceParser.parse(["lr=log:1e-4..1e-1", "act=relu|3", "e=budget:1..9", "x=0..1 if act=relu"])
        let bytes = try CanonicalJSON.bytes(space)
        #expect(try CanonicalJSON.value(SearchSpace.self, from: bytes) == space)
        #expect(try CanonicalJSON.bytes(CanonicalJSON.value(SearchSpace.self, from: bytes)) == bytes)
        #expect(throws: HFSError.self) {
            let twice = Array(#"[{"name":"a","domain":{"budget":{"low":3,"high":1}}}]"#.utf8)
            return try CanonicalJSON.value(SearchSpace.self, from: twice)
        }
    }
}
