import Core
import MetaStore
import Testing

@testable import NameNode

@Suite("Rounds of reads")
struct ReadRoundTests {
    private static let spacing = ReadRounds.spacingMs

    @Test("a ticket is good when the round that was open, or a later one, ended well")
    func tickets() {
        let rounds = ReadRounds()
        #expect(rounds.begin(nowMs: 0, isNeeded: true) == nil, "the first time only starts the clock")
        let first = rounds.ticket()
        #expect(rounds.begin(nowMs: Self.spacing - 1, isNeeded: true) == nil)
        #expect(rounds.begin(nowMs: Self.spacing, isNeeded: false) == first, "somebody asked")
        let second = rounds.ticket()
        #expect(second > first && rounds.durable < first)
        #expect(rounds.begin(nowMs: 9 * Self.spacing, isNeeded: true) == nil, "one at a time")
        rounds.end(first, isDurable: false)
        #expect(rounds.durable < first)
        #expect(rounds.begin(nowMs: 9 * Self.spacing, isNeeded: false) == second)
        rounds.end(second, isDurable: true)
        #expect(rounds.durable == second)
        #expect(rounds.begin(nowMs: 99 * Self.spacing, isNeeded: false) == nil, "nothing waits")
    }

    @Test("a round that failed is asked for again by itself")
    func failed() throws {
        let rounds = ReadRounds()
        _ = rounds.begin(nowMs: 0, isNeeded: true)
        let round = try #require(rounds.begin(nowMs: Self.spacing, isNeeded: true))
        rounds.end(round, isDurable: false)
        #expect(rounds.begin(nowMs: 2 * Self.spacing, isNeeded: false) != nil)
    }

    @Test("reads that wait are logged after a moment, without a change, and who keeps them hears of it")
    func waiting() async throws {
        let lines = try await TracedRun.withTree { ns, caller in
            ns.namenode.tick()
            try await TracedRun.open(ns, "/d/a", as: caller)
            let ticket = ns.namenode.writer.rounds.ticket()
            ns.namenode.tick()
            try await ns.settle()
            #expect(ns.namenode.writer.rounds.durable < ticket)
            ns.clock.advance(byMs: Self.spacing)
            ns.namenode.tick()
            try await ns.settle()
            #expect(ns.namenode.writer.rounds.durable == ticket)
            try await TracedRun.open(ns, "/d/b", as: caller)
            try await ns.mkdirs("/d/x", as: caller)
            // What went with a change needs no record of its own, but who asks hears of it.
            let later = ns.namenode.writer.rounds.ticket()
            ns.clock.advance(byMs: Self.spacing)
            ns.namenode.tick()
            try await ns.settle()
            #expect(ns.namenode.writer.rounds.durable == later)
        }
        #expect(lines == ["opened /d/a", "opened /d/b, mkdir /d/x"])
    }

    @Test("a run that ends meanwhile does not keep a round from ending well")
    func ended() async throws {
        _ = try await TracedRun.withTree { ns, caller in
            ns.namenode.tick()
            try await TracedRun.open(ns, "/d/a", as: caller)
            let ticket = ns.namenode.writer.rounds.ticket()
            ns.clock.advance(byMs: Self.spacing)
            let id = try #require(caller.run)
            async let end = ns.run(EndRun(caller: TracedRun.alice, id: id, state: .finished))
            ns.namenode.tick()
            _ = try await end
            try await ns.settle()
            #expect(ns.namenode.writer.rounds.durable == ticket)
        }
    }

    @Test("what a namenode knew when it was killed, and is told again, goes ahead of the run's next change")
    func killed() async throws {
        let (before, after) = (try TemporaryDirectory(), try TemporaryDirectory())
        var caller = TracedRun.alice
        var tokens: [BlockAccessToken?] = []
        try await TestNamespace.with(.shards(before.path, count: 2)) { ns in
            try await ns.mkdirs("/d", mode: 0o777)
            for name in ["a", "b"] { try await ns.write("/d/\(name)") }
            caller = try await TracedRun.start(ns)
            tokens = [
                try await TracedRun.open(ns, "/d/a", as: caller), try await TracedRun.open(ns, "/d/b", as: caller),
            ]
            try before.copy(to: after)
        }
        try await TestNamespace.with(.shards(after.path, count: 2)) { ns in
            await TracedRun.wereRead(ns, tokens)
            try await ns.mkdirs("/d/x", as: caller)
        }
        #expect(try TracedRun.told(after).last == "read /d/a, read /d/b, mkdir /d/x")
    }
}
