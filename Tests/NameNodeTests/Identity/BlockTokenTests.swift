import Core
import MetaStore
import Testing

@testable import NameNode

@Suite("Block tokens")
struct BlockTokenTests {
    @Test("what a datanode sent is told as read, what was only located as opened")
    func read() async throws {
        let lines = try await TracedRun.withTree { ns, caller in
            let token = try await TracedRun.open(ns, "/d/a", as: caller)
            try await TracedRun.open(ns, "/d/b", as: caller)
            // A datanode each, and one that forgot that it had told.
            for _ in 0..<3 { await TracedRun.wereRead(ns, [token]) }
            try await ns.mkdirs("/d/x", as: caller)
            try await TracedRun.open(ns, "/d/a", as: caller)
            try await ns.mkdirs("/d/y", as: caller)
        }
        #expect(lines == ["read /d/a, opened /d/b, mkdir /d/x", "mkdir /d/y"])
    }

    @Test("a read that is told after the run's change is recorded with the next one, once, under the name of then")
    func after() async throws {
        let lines = try await TracedRun.withTree { ns, caller in
            let token = try await TracedRun.open(ns, "/d/a", as: caller)
            try await ns.mkdirs("/d/x", as: caller)
            _ = try await ns.rename("/d/a", "/d/c")
            for _ in 0..<2 { await TracedRun.wereRead(ns, [token]) }
            try await ns.mkdirs("/d/y", as: caller)
            await TracedRun.wereRead(ns, [token])
            try await ns.mkdirs("/d/z", as: caller)
        }
        #expect(lines == ["opened /d/a, mkdir /d/x", "read /d/c, mkdir /d/y", "mkdir /d/z"])
    }

    @Test("who opens again what is told as read gets no token and makes no event", arguments: [false, true])
    func again(isSuperuser: Bool) async throws {
        let lines = try await TracedRun.withTree { ns, caller in
            var caller = caller
            caller.isSuperuser = isSuperuser
            let first = try #require(try await TracedRun.open(ns, "/d/a", as: caller))
            #expect(try await TracedRun.open(ns, "/d/a", as: caller) == first)
            try await ns.mkdirs("/d/x", as: caller)
            #expect(try await TracedRun.open(ns, "/d/a", as: caller) == first)
            await TracedRun.wereRead(ns, [first])
            #expect(try await TracedRun.open(ns, "/d/a", as: caller) == first)
            try await ns.mkdirs("/d/y", as: caller)
            #expect(try await TracedRun.open(ns, "/d/a", as: caller) == first, "it may not be durable")
            try await TracedRun.round(ns)
            #expect(try await TracedRun.open(ns, "/d/a", as: caller) == nil)
            ns.clock.advance(byMs: 10)
            _ = try await ns.run(
                SetTimes(caller: TestNamespace.root, path: ns.path("/d/a"), modifiedMs: 77, accessedMs: nil))
            #expect(try await TracedRun.open(ns, "/d/a", as: caller) != nil)
            try await ns.mkdirs("/d/z", as: caller)
        }
        #expect(lines == ["opened /d/a, mkdir /d/x", "read /d/a, mkdir /d/y", "opened /d/a, mkdir /d/z"])
    }

    @Test("a read is of the generation that was opened")
    func generation() async throws {
        let lines = try await TracedRun.withTree { ns, caller in
            let old = try await TracedRun.open(ns, "/d/a", as: caller)
            ns.clock.advance(byMs: 10)
            _ = try await ns.run(
                SetTimes(caller: TestNamespace.root, path: ns.path("/d/a"), modifiedMs: 77, accessedMs: nil))
            try await TracedRun.open(ns, "/d/a", as: caller)
            await TracedRun.wereRead(ns, [old])
            try await ns.mkdirs("/d/x", as: caller)
        }
        #expect(lines == ["read /d/a, opened /d/a, mkdir /d/x"])
    }

    @Test("too late are reads of files that are gone and of runs that have ended: they are counted")
    func late() async throws {
        let lines = try await TracedRun.withTree { ns, caller in
            let gone = try await TracedRun.open(ns, "/d/a", as: caller)
            let ended = try await TracedRun.open(ns, "/d/b", as: caller)
            try await ns.mkdirs("/d/x", as: caller)
            try await ns.delete("/d/a")
            await TracedRun.wereRead(ns, [gone])
            #expect(ns.namenode.writer.reads.lateCount == 1)
            _ = try await ns.run(
                EndRun(caller: TracedRun.alice, id: try #require(caller.run), state: .finished, exitCode: 0))
            await TracedRun.wereRead(ns, [ended])
            #expect(ns.namenode.writer.reads.lateCount == 2 && ns.namenode.writer.reads.forgedCount == 0)
        }
        #expect(lines == ["opened /d/a, opened /d/b, mkdir /d/x", "runEnded "])
    }

    @Test("a forged token says nothing: neither another identifier, nor another password, nor a delegation token")
    func forged() async throws {
        let lines = try await TracedRun.withTree { ns, caller in
            let token = try #require(try await TracedRun.open(ns, "/d/a", as: caller))
            let other = try await TracedRun.start(ns)
            let foreign = try #require(try await TracedRun.open(ns, "/d/a", as: other))
            var forgeries = [
                BlockAccessToken(identifier: foreign.identifier, password: token.password),
                BlockAccessToken(identifier: token.identifier, password: []),
                BlockAccessToken(identifier: [], password: token.password),
            ]
            for index in token.identifier.indices {
                var forgery = token
                forgery.identifier[index] ^= 1
                forgeries.append(forgery)
            }
            let issuer = try ns.namenode.writer.identities.issuer()
            let row = TokenRow(owner: "alice", renewer: "alice", issuedMs: 1, keyID: 1)
            let delegation = issuer.token(row, number: 1)
            forgeries.append(BlockAccessToken(identifier: delegation.identifier, password: delegation.password))
            await TracedRun.wereRead(ns, forgeries)
            #expect(ns.namenode.writer.reads.forgedCount == UInt64(forgeries.count))
            // Nor is a block token a delegation token.
            #expect(throws: HFSError.self) {
                try ns.namenode.writer.identities.number(
                    of: DelegationToken(identifier: token.identifier, password: token.password))
            }
            try await ns.mkdirs("/d/x", as: caller)
            try await ns.mkdirs("/d/y", as: other)
        }
        #expect(lines == ["opened /d/a, mkdir /d/x", "opened /d/a, mkdir /d/y"])
    }

    @Test("tokens hold over a restart of the namenode")
    func restart() async throws {
        let folder = try TemporaryDirectory()
        var token: BlockAccessToken?
        var caller = TracedRun.alice
        try await TestNamespace.with(.shards(folder.path, count: 2)) { ns in
            try await ns.mkdirs("/d", mode: 0o777)
            try await ns.write("/d/a")
            caller = try await TracedRun.start(ns)
            token = try await TracedRun.open(ns, "/d/a", as: caller)
        }
        try await TestNamespace.with(.shards(folder.path, count: 2)) { ns in
            await TracedRun.wereRead(ns, [token])
            try await ns.mkdirs("/d/x", as: caller)
        }
        #expect(try TracedRun.told(folder) == ["read /d/a, mkdir /d/x"])
    }
}
