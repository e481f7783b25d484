import Core
import MetaStore
import Testing

@testable import NameNode

/// What queries look at: in one read, in all, and what the best way would have been.
@Suite struct FindCostTests {
    private let bob = TestNamespace.user("bob", "staff")

    /// `count` directories of accuracy 0 to `count - 1`.
    private func models(_ ns: TestNamespace, _ path: String, _ count: Int) async throws {
        for index in 0..<count {
            try await ns.mkdirs("\(path)/m\(index)")
            try await ns.set("\(path)/m\(index)", "ml.accuracy", "\(index)")
        }
    }

    @Test(arguments: [false, true]) func theBestAreReadFromTheEndOfTheIndex(isCold: Bool) async throws {
        let directory = try TemporaryDirectory()
        let store = isCold ? TestNamespace.Store.shards(directory.path, count: 2) : .memory
        try await TestNamespace.with(store) { ns in try await models(ns, "/Projects/p", 3000) }
        try await TestNamespace.with(store) { ns in
            if !isCold { try await models(ns, "/Projects/p", 3000) }
            let every = AttributeCondition.exists("ml.accuracy")
            let best = try await ns.find("/Projects/p", every, order: "ml.accuracy", descending: true, limit: 10)
            #expect(best.entries.map(\.path) == (2990..<3000).reversed().map { "/Projects/p/m\($0)" })
            #expect(best.reads == 1)
            let least = try await ns.find("/", every, order: "ml.accuracy", limit: 10)
            #expect(least.entries.map(\.path) == (0..<10).map { "/Projects/p/m\($0)" })
            #expect(least.reads == 1)
        }
    }

    @Test(arguments: [false, true]) func theFirstByNameOfManyNeedOneLookEach(descending: Bool) async throws {
        try await TestNamespace.with { ns in
            try await models(ns, "/Projects/p", 2000)
            let every = AttributeCondition.exists("ml.accuracy")
            let found = try await ns.find("/Projects/p", every, order: "name", descending: descending, limit: 10)
            let names = (0..<2000).map { "/Projects/p/m\($0)" }.sorted()
            #expect(found.entries.map(\.path) == Array((descending ? names.reversed() : names).prefix(10)))
            // The index, the names, and all of some hundred; all of all would be ten reads.
            #expect(found.reads <= 6)
        }
    }

    @Test func theBestOfManyProjectsAreReadFromTheEndOfEach() async throws {
        try await TestNamespace.with { ns in
            for project in 0..<40 { try await models(ns, "/Projects/p\(project)", 50) }
            try await ns.chmod("/Projects/p7", 0o700)
            let every = AttributeCondition.exists("ml.accuracy")
            let best = try await ns.find(
                "/", every, order: "ml.accuracy", descending: true, limit: 50, as: bob)
            #expect(best.entries.map(\.path).allSatisfy { !$0.hasPrefix("/Projects/p7/") })
            #expect(best.entries.map(\.attributes.count).allSatisfy { $0 == 0 })
            #expect(best.entries.count { $0.path.hasSuffix("/m49") } == 39)
            #expect(best.entries.count { $0.path.hasSuffix("/m48") } == 11)
            #expect(best.reads <= 2)
        }
    }

    @Test func aSmallTreeIsWalkedWhereTheIndexIsLong() async throws {
        try await TestNamespace.with { ns in
            try await models(ns, "/data/large", 3000)
            try await models(ns, "/data/small", 100)
            let half = AttributeCondition.compare("ml.accuracy", .less, .number(50))
            for order in [nil, "name", "ml.accuracy"] {
                let found = try await ns.find("/data/small", half, order: order)
                #expect(Set(found.entries.map(\.path)) == Set((0..<50).map { "/data/small/m\($0)" }))
                #expect(found.reads <= 2, "\(order ?? "any order")")
            }
            let one = AttributeCondition.compare("ml.accuracy", .equal, .number(2999))
            let found = try await ns.find("/data", one, order: "name")
            #expect(found.entries.map(\.path) == ["/data/large/m2999"] && found.reads == 1)
        }
    }

    @Test func aQueryThatLooksAtTooMuchIsRefused() async throws {
        try await TestNamespace.with { ns in
            try await models(ns, "/Projects/p/a", 400)
            let conditions: [AttributeCondition?] = [
                nil, .compare("owner", .equal, .text("bob")), .exists("ml.accuracy"),
                .all([.exists("ml.accuracy"), .compare("owner", .equal, .text("bob"))]),
            ]
            for condition in conditions {
                for order in [nil, "name", "ml.accuracy"] {
                    let text = await refusalText { () throws(HFSError) in
                        try await ns.find("/Projects/p", condition, order: order, rowsMax: 1000)
                    }
                    #expect(text.hasPrefix("queryTooLarge: The query below /Projects/p has looked at 1000 rows"))
                }
            }
            #expect(try await ns.find("/Projects/p", limit: 10, rowsMax: 1000).entries.count == 10)
        }
    }

    @Test func whatStaysIsFoundOnceWhateverElseChangesMeanwhile() async throws {
        try await TestNamespace.with { ns in
            try await models(ns, "/Projects/p", 1500)
            try await ns.mkdirs("/Projects/q")
            for order in [nil, "ml.accuracy", "name"] {
                for descending in [false, true] {
                    var step = 0
                    let found = try await ns.find(
                        "/Projects/p", .exists("ml.accuracy"), order: order, descending: descending
                    ) { () async throws(HFSError) in
                        // Every third entry is not to be relied on.
                        for _ in 0..<10 {
                            step += 3
                            let path = "/Projects/p/m\(step % 1500)"
                            try await ns.set(path, "ml.accuracy", "\((step * 7919) % 1500)")
                            _ = try await ns.rename(path, "/Projects/q/x")
                            _ = try await ns.rename("/Projects/q/x", path)
                        }
                    }
                    #expect(found.reads > 3)
                    #expect(Set(found.entries.map(\.path)).count == found.entries.count)
                    let numbers = found.entries.compactMap { Int($0.path.dropFirst("/Projects/p/m".count)) }
                    let stable = numbers.filter { $0 % 3 != 0 }
                    let expected = (0..<1500).filter { $0 % 3 != 0 }
                    #expect(stable.sorted() == expected)
                    if order == "ml.accuracy" { #expect(stable == (descending ? expected.reversed() : expected)) }
                }
            }
        }
    }
}
