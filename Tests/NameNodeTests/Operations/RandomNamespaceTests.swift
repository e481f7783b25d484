import Core
import MetaStore
import Testing

@testable import NameNode

/// Random operations against `NamespaceModel`. A failing case prints its seed; run it alone with
/// `swift test --filter RandomNamespaceTests` after putting the seed into `seeds`.
@Suite struct RandomNamespaceTests {
    private static let seeds: Range<UInt64> = 0..<60
    private static let steps = 120

    private struct Random: RandomNumberGenerator {
        var state: UInt64

        mutating func next() -> UInt64 {
            state &+= 0x9e37_79b9_7f4a_7c15
            var z = state
            z = (z ^ z >> 30) &* 0xbf58_476d_1ce4_e5b9
            z = (z ^ z >> 27) &* 0x94d0_49bb_1331_11eb
            return z ^ z >> 31
        }

        mutating func path() -> [String] {
            let depth = [0, 1, 1, 2, 2, 2, 3, 3, 4].randomElement(using: &self) ?? 1
            return (0..<depth).map { _ in ["a", "b", "c", "d"].randomElement(using: &self) ?? "a" }
        }

        mutating func mode() -> UInt16 {
            [0o755, 0o777, 0o1777, 0o700, 0o750, 0o711, 0o555].randomElement(using: &self) ?? 0o755
        }
    }

    private static let callers = [
        TestNamespace.root, TestNamespace.root, TestNamespace.user("alice"), TestNamespace.user("bob", "staff"),
        TestNamespace.user("eve", "supergroup0"),
    ]

    @Test(arguments: seeds) func theNamespaceBehavesAsTheModel(seed: UInt64) async throws {
        try await TestNamespace.with { ns in try await Self.run(ns, seed: seed, steps: Self.steps) }
    }

    @Test(arguments: [1, 4], [1000, 1001, 1002] as [UInt64])
    func theNamespaceBehavesAsTheModelOverShards(count: Int, seed: UInt64) async throws {
        let directory = try TemporaryDirectory()
        try await TestNamespace.with(.shards(directory.path, count: count)) { ns in
            try await Self.run(ns, seed: seed, steps: Self.steps)
        }
    }

    private static func run(_ ns: TestNamespace, seed: UInt64, steps: Int) async throws {
        var random = Random(state: seed)
        let model = NamespaceModel()
        try await ns.chmod("/", 0o777)
        model.root.mode = 0o777
        for step in 0..<steps {
            let (text, expected, actual) = try await Self.step(ns, model, &random)
            #expect(actual == expected, "seed \(seed), step \(step): \(text)")
            if actual != expected { return }
        }
        try await ns.settle()
        #expect(try await Self.lines(ns, "") == model.lines, "seed \(seed)")
        #expect(try await ns.audit() == [], "seed \(seed)")
    }

    private static func step(
        _ ns: TestNamespace, _ model: NamespaceModel, _ random: inout Random
    ) async throws -> (String, String, String) {
        let caller = callers.randomElement(using: &random) ?? TestNamespace.root
        let (a, b) = (random.path(), random.path())
        let (x, y) = ("/" + a.joined(separator: "/"), "/" + b.joined(separator: "/"))
        let flag = Bool.random(using: &random)
        let mode = random.mode()
        switch Int.random(in: 0..<14, using: &random) {
        case 0..<3:
            return (
                "\(caller.user) mkdirs \(x)",
                told { () throws(NamespaceModel.Refused) in try model.mkdirs(a, mode, caller) },
                await did { () throws(HFSError) in try await ns.mkdirs(x, as: caller, mode: mode) }
            )
        case 3..<7:
            let lengths: [UInt64] = (0..<Int.random(in: 0..<3, using: &random)).map { _ in
                .random(in: 1...1000, using: &random)
            }
            let replication = UInt64.random(in: 1...3, using: &random)
            let expected = told { () throws(NamespaceModel.Refused) in
                try model.create(a, lengths.reduce(0, +), replication, overwrite: flag, caller)
            }
            let isInline = lengths.count == 1 && Bool.random(using: &random)
            let isAtOnce = isInline && Bool.random(using: &random)
            let actual = await did { () throws(HFSError) -> Answer.Body in
                if isAtOnce {
                    try await ns.writeAtOnce(
                        x, [UInt8](repeating: 7, count: Int(lengths[0])), as: caller, overwrite: flag,
                        replication: Int(replication))
                    return .empty
                }
                let inode = try await ns.create(x, as: caller, overwrite: flag, replication: Int(replication))
                if isInline {
                    try await ns.completeInline(x, inode, [UInt8](repeating: 7, count: Int(lengths[0])))
                    return .empty
                }
                var previous: Block?
                for length in lengths {
                    previous = try await ns.addBlock(x, previous: previous).block
                    previous?.length = length
                }
                try await ns.complete(x, last: previous)
                return .empty
            }
            return ("\(caller.user) create \(x) overwrite \(flag)", expected, actual)
        case 7..<9:
            return (
                "\(caller.user) delete \(x) recursive \(flag)",
                told { () throws(NamespaceModel.Refused) in try model.delete(a, recursive: flag, caller) },
                await did { () throws(HFSError) in try await ns.delete(x, recursive: flag, as: caller) }
            )
        case 9..<11:
            return (
                "\(caller.user) rename \(x) \(y)",
                told { () throws(NamespaceModel.Refused) in try model.rename(a, b, caller) },
                await did { () throws(HFSError) in try await ns.rename(x, y, as: caller) }
            )
        case 11..<13:
            return (
                "\(caller.user) rename2 \(x) \(y) overwrite \(flag)",
                told { () throws(NamespaceModel.Refused) in try model.rename2(a, b, overwrite: flag, caller) },
                await did { () throws(HFSError) in try await ns.rename2(x, y, overwrite: flag, as: caller) }
            )
        default:
            return (
                "\(caller.user) chmod \(x)",
                told { () throws(NamespaceModel.Refused) in try model.setMode(a, mode, caller) },
                await did { () throws(HFSError) -> Answer.Body in
                    try await ns.chmod(x, mode, as: caller)
                    return .empty
                }
            )
        }
    }

    private static func told(_ body: () throws(NamespaceModel.Refused) -> String) -> String {
        do throws(NamespaceModel.Refused) {
            return try body()
        } catch {
            switch error {
            case .code(let code): return "\(code)"
            }
        }
    }

    private static func did(_ body: () async throws(HFSError) -> Answer.Body) async -> String {
        do throws(HFSError) {
            switch try await body() {
            case .result(let value): return "\(value)"
            default: return "done"
            }
        } catch {
            return "\(error.code)"
        }
    }

    private static func lines(_ ns: TestNamespace, _ path: String) async throws -> [String] {
        let status = try #require(try await ns.stat(path.isEmpty ? "/" : path))
        let kind = status.isDirectory ? "d" : "f\(status.length)x\(status.replication)"
        var lines = [
            "\(path.isEmpty ? "/" : path) \(kind) \(status.owner):\(status.group) \(String(status.mode.bits, radix: 8))"
        ]
        guard status.isDirectory else { return lines }
        for name in try await ns.names(path.isEmpty ? "/" : path) ?? [] {
            lines += try await Self.lines(ns, "\(path)/\(name)")
        }
        return lines
    }
}
