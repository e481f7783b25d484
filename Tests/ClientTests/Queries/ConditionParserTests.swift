import Core
import Testing

@testable import Client

@Suite("Conditions as text")
struct ConditionParserTests {
    @Test("precedence, brackets and forms")
    func forms() throws {
        #expect(
            try ConditionParser.parse("ml.accuracy > 0.9 and kind = model")
                == .all([
                    .compare("ml.accuracy", .greater, .number(0.9)), .compare("kind", .equal, .text("model")),
                ]))
        #expect(
            try ConditionParser.parse("a.x=1 OR b.y<>'it is' AND NOT exists(c.z)")
                == .any([
                    .compare("a.x", .equal, .number(1)),
                    .all([.compare("b.y", .notEqual, .text("it is")), .not(.exists("c.z"))]),
                ]))
        #expect(
            try ConditionParser.parse("(a.x<=-1e-3 or exists b) and name like 'run-*'")
                == .all([
                    .any([.compare("a.x", .lessOrEqual, .number(-0.001)), .exists("b")]), .prefix("name", "run-"),
                ]))
        #expect(try ConditionParser.parse("user.v == \"007\"") == .compare("user.v", .equal, .text("007")))
        #expect(
            try ConditionParser.parse("modified >= 2026-11-21T10:30:00Z")
                == .compare("modified", .greaterOrEqual, .number(1_795_257_000_000)))
        #expect(DateText.milliseconds("1970-01-01") == 0)
        #expect(DateText.milliseconds("2000-02-29T12:00") == 951_825_600_000)
    }

    @Test(
        "what cannot be read is named",
        arguments: [
            "", "a.x", "a.x >", "a.x > 1 and", "(a.x > 1", "a.x > 1)", "a.x like 'b'", "a.x like '*b*'", "a.x ! 1",
            "not",
            "exists", "a.x = 'open", "= 1", "modified > yesterday", "a.x > 1 b.y > 2",
        ])
    func refusals(text: String) {
        #expect(throws: HFSError.self) { try ConditionParser.parse(text) }
    }
}
