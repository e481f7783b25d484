import Core
import MetaStore
import Testing

@testable import NameNode

/// Random changes of attributes and places; queries must answer what a look at every entry's attributes answers. A failing
/// case prints its seed; run it alone by putting the seed into `seeds`.
@Suite struct RandomFindTests {
    private static let seeds: Range<UInt64> = 0..<20

    private struct Random: RandomNumberGenerator {
        var state: UInt64

        mutating func next() -> UInt64 {
            state &+= 0x9e37_79b9_7f4a_7c15
            var z = state
            z = (z ^ z >> 30) &* 0xbf58_476d_1ce4_e5b9
            z = (z ^ z >> 27) &* 0x94d0_49bb_1331_11eb
            return z ^ z >> 31
        }

        mutating func pick<T>(_ values: [T]) -> T { values[Int(next() % UInt64(values.count))] }

        mutating func path() -> String {
            let top = pick(["/Projects/p", "/Projects/q", "/Projects/r", "/x", "/Projects"])
            return top + (0..<pick([0, 1, 1, 2, 2, 3])).map { _ in "/" + pick(["a", "b", "c"]) }.joined()
        }

        mutating func value() -> String {
            pick([
                "1", "2", "2.0", "-3", "1e2", "0.5", "", "a", "ab", "abc", "b", "10", "9", "a\u{0}b",
                String(repeating: "long", count: 70), String(repeating: "long", count: 70) + "er",
            ])
        }

        mutating func condition(_ depth: Int = 2) -> AttributeCondition {
            let name = pick(RandomFindTests.names)
            switch pick(depth > 0 ? Array(0..<10) : Array(0..<7)) {
            case 0, 1, 2: return .compare(name, comparison(), .number(pick([-3, 0.5, 1, 2, 9, 10, 100])))
            case 3, 4: return .compare(name, comparison(), .text(value()))
            case 5: return .exists(name)
            case 6: return .prefix(name, pick(["a", "ab", "", "long", "1"]))
            case 7: return .all([condition(depth - 1), condition(depth - 1)])
            case 8: return .any([condition(depth - 1), condition(depth - 1)])
            default: return .not(condition(depth - 1))
            }
        }

        private mutating func comparison() -> AttributeCondition.Comparison {
            pick(AttributeCondition.Comparison.allCases)
        }
    }

    private static let names = ["ml.a", "ml.b", "user.c"]

    private struct Known {
        var path: String
        var inode: InodeID
        var attributes: [String: [UInt8]]
    }

    @Test(arguments: seeds) func indexAnswersEqualALookAtEverything(seed: UInt64) async throws {
        try await TestNamespace.with { ns in try await Self.run(ns, seed: seed, steps: 150) }
    }

    @Test(arguments: [1, 3], [100, 101] as [UInt64])
    func answersAreTheSameAfterARestart(count: Int, seed: UInt64) async throws {
        let directory = try TemporaryDirectory()
        try await TestNamespace.with(.shards(directory.path, count: count)) { ns in
            try await Self.run(ns, seed: seed, steps: 100)
        }
        try await TestNamespace.with(.shards(directory.path, count: count)) { ns in
            var random = Random(state: seed + 1)
            try await Self.query(ns, &random, seed: seed, step: -1)
            try await ns.settle()
            #expect(try await ns.audit() == [], "seed \(seed)")
        }
    }

    private static func run(_ ns: TestNamespace, seed: UInt64, steps: Int) async throws {
        var random = Random(state: seed)
        for path in ["/Projects/p/a", "/Projects/q", "/x/a/b"] { try await ns.mkdirs(path) }
        for step in 0..<steps {
            await change(ns, &random)
            if step % 10 == 9 { try await query(ns, &random, seed: seed, step: step) }
        }
        try await ns.settle()
        #expect(try await ns.audit() == [], "seed \(seed)")
    }

    /// What cannot be done is refused, which is as well.
    private static func change(_ ns: TestNamespace, _ random: inout Random) async {
        let (path, other) = (random.path(), random.path())
        let (name, value) = (random.pick(names), random.value())
        switch random.pick(Array(0..<20)) {
        case 0, 1: _ = await refusalText { () throws(HFSError) in try await ns.mkdirs(path) }
        case 2, 3:
            _ = await refusalText { () throws(HFSError) in
                try await ns.create(path)
                try await ns.complete(path)
            }
        case 4: _ = await refusalText { () throws(HFSError) in try await ns.delete(path) }
        case 5, 6, 7, 8: _ = await refusalText { () throws(HFSError) in _ = try await ns.rename(path, other) }
        case 9: _ = await refusalText { () throws(HFSError) in try await ns.rename2(path, other, overwrite: true) }
        case 10: _ = await refusalText { () throws(HFSError) in try await ns.set(path, "hfs.artifact", "project") }
        case 11: _ = await refusalText { () throws(HFSError) in try await ns.unset(path, name) }
        default: _ = await refusalText { () throws(HFSError) in try await ns.set(path, name, value) }
        }
    }

    private static func query(
        _ ns: TestNamespace, _ random: inout Random, seed: UInt64, step: Int
    ) async throws {
        let all = try await everything(ns)
        for _ in 0..<6 {
            let path = random.pick(["/", "/Projects", random.path()])
            guard try await ns.stat(path) != nil else { continue }
            let condition = random.condition()
            let order = random.pick([nil, "ml.a", "user.c", "path", "name"] as [String?])
            let descending = random.pick([true, false])
            let limit = random.pick([1, 3, 10_000])
            let told: Comment = "seed \(seed), step \(step): \(path) \(condition) \(order ?? "") \(limit)"
            var wanted = all.filter {
                (path == "/" || $0.path == path || $0.path.hasPrefix(path + "/")) && holds(condition, $0.attributes)
            }
            let found = try await ns.find(path, condition, order: order, descending: descending, limit: limit)
            if let order {
                wanted = sorted(wanted, order, descending)
                #expect(found.entries.map(\.path) == wanted.prefix(limit).map(\.path), told)
            } else if limit > wanted.count {
                #expect(Set(found.entries.map(\.path)) == Set(wanted.map(\.path)), told)
            } else {
                #expect(found.entries.count == limit, told)
                #expect(Set(found.entries.map(\.path)).isSubset(of: wanted.map(\.path)), told)
            }
        }
    }

    private static func sorted(_ known: [Known], _ order: String, _ descending: Bool) -> [Known] {
        let keyed: [(key: [UInt8], Known)] = known.compactMap { entry in
            if order == "path" { return (Array(entry.path.utf8), entry) }
            if order == "name" { return (Array((entry.path.split(separator: "/").last ?? "").utf8), entry) }
            return entry.attributes[order].map { (AttributeValue($0).encoded, entry) }
        }
        let sorted = keyed.sorted { a, b in
            a.key == b.key ? a.1.inode < b.1.inode : a.key.lexicographicallyPrecedes(b.key)
        }.map(\.1)
        return descending ? sorted.reversed() : sorted
    }

    private static func everything(_ ns: TestNamespace) async throws -> [Known] {
        var found: [Known] = []
        var pending = ["/"]
        while let path = pending.popLast() {
            guard let status = try await ns.stat(path) else { continue }
            let listed = try await ns.ask(GetXAttrs(caller: TestNamespace.root, path: ns.path(path), wanted: []))
            let attributes = Dictionary(uniqueKeysWithValues: listed.map { ($0.fullName, $0.value) })
            found.append(Known(path: path, inode: status.inode, attributes: attributes))
            guard status.kind == .directory else { continue }
            for name in try await ns.names(path) ?? [] { pending.append(path == "/" ? "/\(name)" : "\(path)/\(name)") }
        }
        return found
    }

    /// The meaning of conditions, told again.
    private static func holds(_ condition: AttributeCondition, _ attributes: [String: [UInt8]]) -> Bool {
        switch condition {
        case .all(let operands): return operands.allSatisfy { holds($0, attributes) }
        case .any(let operands): return operands.contains { holds($0, attributes) }
        case .not(let operand): return !holds(operand, attributes)
        case .exists(let name): return attributes[name] != nil
        case .prefix(let name, let prefix):
            guard let value = attributes[name], number(value) == nil else { return false }
            return value.starts(with: prefix.utf8)
        case .compare(let name, let comparison, let operand):
            guard let value = attributes[name] else { return false }
            switch operand {
            case .number(let wanted):
                guard let number = number(value) else { return comparison == .notEqual }
                return holds(comparison, number < wanted, number == wanted)
            case .text(let wanted):
                let bytes = Array(wanted.utf8)
                if comparison == .equal { return value == bytes }
                if comparison == .notEqual { return value != bytes }
                guard number(value) == nil else { return false }
                return holds(comparison, value.lexicographicallyPrecedes(bytes), value == bytes)
            }
        }
    }

    private static func number(_ value: [UInt8]) -> Double? {
        let text = String(decoding: value, as: UTF8.self)
        return text.contains { $0.isLetter && $0 != "e" } || text.utf8.contains(0) ? nil : Double(text)
    }

    private static func holds(_ comparison: AttributeCondition.Comparison, _ less: Bool, _ equal: Bool) -> Bool {
        switch comparison {
        case .equal: equal
        case .notEqual: !equal
        case .less: less
        case .lessOrEqual: less || equal
        case .greater: !less && !equal
        case .greaterOrEqual: !less
        }
    }
}
