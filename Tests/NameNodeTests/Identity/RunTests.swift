import Core
import MetaStore
import Testing
import Transport
import WireProtocol

@testable import NameNode

@Suite("Runs")
struct RunTests {
    static let alice = TestNamespace.user("alice")
    static let bob = TestNamespace.user("bob")

    private func start(
        _ ns: TestNamespace, _ name: String = "train", as caller: Caller = alice, parent: RunID? = nil,
        lifetimeMs: Int64 = 60_000
    ) async throws -> (run: Run, token: DelegationToken) {
        let issuer = try ns.namenode.writer.identities.issuer()
        let body = try await ns.run(
            StartRun(
                caller: caller, issuer: issuer, name: name, project: "demo", parent: parent, kind: "job",
                command: "python train.py", host: "h", lifetimeMs: lifetimeMs))
        guard case .started(let run, let token) = body else { throw HFSError(.io, "answered \(body)") }
        return (run, token)
    }

    private func peer(_ user: String, run: RunID? = nil) -> RPCPeer {
        RPCPeer(id: RPCConnectionID(1), user: user, address: "127.0.0.1", port: 1, run: run)
    }

    @Test("a run is kept with all that was told of it, and ends once")
    func lifecycle() async throws {
        try await TestNamespace.with { ns in
            let (run, token) = try await start(ns)
            #expect(run.user == "alice" && run.state == .running && run.startedMs == ns.clock.nowMs)
            #expect(try DelegationTokenIdentifier(bytes: token.identifier).owner == "alice")
            #expect(try await ns.ask(GetRun(caller: Self.alice, id: run.id)) == run)
            ns.clock.advance(byMs: 5)
            let ended = try await ns.run(EndRun(caller: Self.alice, id: run.id, state: .failed, exitCode: -3))
            var expected = run
            expected.state = .failed
            expected.endedMs = ns.clock.nowMs
            expected.exitCode = -3
            #expect(ended == .run(expected))
            let again = try await ns.run(EndRun(caller: Self.alice, id: run.id, state: .finished, exitCode: 0))
            #expect(again == .run(expected))
            #expect(ns.namenode.writer.identities.owner(of: run.id) == nil)
            #expect(try await ns.ask(GetRun(caller: Self.alice, id: run.id)) == expected)
        }
    }

    @Test("users see their own runs, superusers all, newest first and page by page")
    func listing() async throws {
        try await TestNamespace.with { ns in
            var ids: [RunID] = []
            for index in 0..<5 { ids.append(try await start(ns, "a\(index)").run.id) }
            let other = try await start(ns, "b", as: Self.bob).run.id
            var question = ListRuns(caller: Self.alice)
            #expect(try await ns.ask(question).runs.map(\.id) == ids.reversed())
            question.limit = 2
            let first = try await ns.ask(question)
            #expect(first.runs.map(\.name) == ["a4", "a3"])
            question.before = first.before
            question.limit = 10
            let rest = try await ns.ask(question)
            #expect(rest.runs.map(\.name) == ["a2", "a1", "a0"] && rest.before == nil)
            let all = try await ns.ask(ListRuns(caller: TestNamespace.root)).runs.map(\.id)
            #expect(all == [other] + ids.reversed())
            let refused = await refusalText { () async throws(HFSError) in
                try await ns.ask(ListRuns(caller: Self.alice, user: "bob"))
            }
            #expect(refused == "accessDenied: alice may list its own runs only")
            let shown = await refusalText { () async throws(HFSError) in
                try await ns.ask(GetRun(caller: Self.alice, id: other))
            }
            #expect(shown == "accessDenied: \(other) is not a run of alice")
            let ended = await refusalText { () async throws(HFSError) in
                try await ns.run(EndRun(caller: Self.alice, id: other, state: .killed))
            }
            #expect(ended == "accessDenied: \(other) is not a run of alice")
        }
    }

    @Test("a run is nested only in a live run of the same user")
    func nesting() async throws {
        try await TestNamespace.with { ns in
            let outer = try await start(ns).run.id
            let inner = try await start(ns, parent: outer).run
            #expect(inner.parent == outer)
            let innermost = try await start(ns, parent: inner.id).run.id
            let identities = ns.namenode.writer.identities
            #expect(identities.isLive(innermost, within: outer) && !identities.isLive(outer, within: innermost))
            let foreign = await refusalText { () async throws(HFSError) in
                try await ns.run(
                    StartRun(caller: Self.bob, issuer: try identities.issuer(), name: "x", parent: outer))
            }
            #expect(foreign == "accessDenied: \(outer) is not a run of bob")
            _ = try await ns.run(EndRun(caller: Self.alice, id: outer, state: .finished))
            let late = await refusalText { () async throws(HFSError) in
                try await ns.run(
                    StartRun(caller: Self.alice, issuer: try identities.issuer(), name: "x", parent: outer))
            }
            #expect(late == "invalidArgument: \(outer) has ended")
        }
    }

    @Test("a run lives until its own end: the end of one that it is nested in, or of one between, changes nothing")
    func endsBetween() async throws {
        let folder = try TemporaryDirectory()
        var ids: [RunID] = []
        try await TestNamespace.with(.shards(folder.path, count: 2)) { ns in
            for _ in 0..<4 { ids.append(try await start(ns, parent: ids.last).run.id) }
            for id in ids[1...2] {
                _ = try await ns.run(EndRun(caller: Self.alice, id: id, state: .finished))
            }
            let identities = ns.namenode.writer.identities
            #expect(identities.isLive(ids[3], within: ids[0]) && identities.isLive(ids[3], within: ids[3]))
            #expect(!identities.isLive(ids[2], within: ids[0]))
            let claim = "hfs_run:\(ids[3])"
            #expect(try identities.run(of: peer("alice", run: ids[0]), context: claim) == ids[3])
        }
        // What was between is known over a restart, too, and to runs that begin later.
        try await TestNamespace.with(.shards(folder.path, count: 2)) { ns in
            let identities = ns.namenode.writer.identities
            #expect(identities.isLive(ids[3], within: ids[0]))
            let innermost = try await start(ns, parent: ids[3]).run.id
            #expect(identities.isLive(innermost, within: ids[0]) && identities.isLive(innermost, within: ids[1]))
            #expect(!identities.isLive(ids[0], within: innermost))
        }
    }

    @Test("runs are nested to a bound")
    func nestingBound() async throws {
        try await TestNamespace.with { ns in
            var last: RunID?
            for _ in 0..<Limits.runNestingMax { last = try await start(ns, parent: last).run.id }
            let deepest = last
            let refused = await refusalText { () async throws(HFSError) in
                try await ns.run(
                    StartRun(
                        caller: Self.alice, issuer: try ns.namenode.writer.identities.issuer(), name: "x",
                        parent: deepest))
            }
            #expect(refused == "invalidArgument: Runs are nested at most \(Limits.runNestingMax) deep")
        }
    }

    @Test("a run whose token is not renewed is lost; a renewed one lives on")
    func expiry() async throws {
        try await TestNamespace.with { ns in
            let (lost, _) = try await start(ns, lifetimeMs: 1000)
            let (kept, token) = try await start(ns, lifetimeMs: 1000)
            ns.clock.advance(byMs: 600)
            let number = try ns.namenode.writer.identities.number(of: token)
            let renewed = try await ns.run(RenewToken(caller: Self.alice, number: number))
            #expect(renewed == .expiry(ns.clock.nowMs + 1000))
            ns.clock.advance(byMs: 600)
            ns.namenode.tick()
            try await ns.settle()
            #expect(try await ns.ask(GetRun(caller: Self.alice, id: lost.id))?.state == .lost)
            #expect(try await ns.ask(GetRun(caller: Self.alice, id: kept.id))?.state == .running)
            let stranger = await refusalText { () async throws(HFSError) in
                try await ns.run(RenewToken(caller: Self.bob, number: number))
            }
            #expect(
                stranger == "accessDenied: bob tries to renew a token (\(number)) with non-matching renewer alice")
        }
    }

    @Test("live runs are live again after a restart, with the same passwords, and ended ones are not")
    func restart() async throws {
        let folder = try TemporaryDirectory()
        var started: [(run: Run, token: DelegationToken)] = []
        try await TestNamespace.with(.shards(folder.path, count: 2)) { ns in
            for _ in 0..<2 { started.append(try await start(ns)) }
            _ = try await ns.run(EndRun(caller: Self.alice, id: started[1].run.id, state: .finished))
        }
        try await TestNamespace.with(.shards(folder.path, count: 2)) { ns in
            let identities = ns.namenode.writer.identities
            #expect(identities.owner(of: started[0].run.id) == "alice")
            #expect(identities.owner(of: started[1].run.id) == nil)
            #expect(try identities.number(of: started[0].token) == 1)
            let next = try await start(ns)
            #expect(next.run.id > started[1].run.id)
            #expect(try identities.number(of: next.token) == 3)
        }
    }

    @Test("what texts of a run are too long, or missing, is said")
    func texts() async throws {
        try await TestNamespace.with { ns in
            let issuer = try ns.namenode.writer.identities.issuer()
            let long = String(repeating: "x", count: Limits.runNameBytesMax + 1)
            for (operation, expected) in [
                (StartRun(caller: Self.alice, issuer: issuer, name: ""), "A run has a name"),
                (
                    StartRun(caller: Self.alice, issuer: issuer, name: long),
                    "A run's name has at most 255 bytes, not 256"
                ),
                (
                    StartRun(caller: Self.alice, issuer: issuer, name: "n", kind: long),
                    "A run's kind has at most 255 bytes, not 256"
                ),
                (
                    StartRun(caller: Self.alice, issuer: issuer, name: "n", lifetimeMs: 0),
                    "A run's token holds for some time"
                ),
            ] {
                let text = await refusalText { () async throws(HFSError) in try await ns.run(operation) }
                #expect(text == "invalidArgument: \(expected)")
            }
        }
    }

    @Test("a caller context narrows to a live run of the user, or within the token's run, and to no other")
    func claims() async throws {
        try await TestNamespace.with { ns in
            let outer = try await start(ns).run.id
            let inner = try await start(ns, parent: outer).run.id
            let beside = try await start(ns).run.id
            let identities = ns.namenode.writer.identities
            func claim(_ context: String, _ peer: RPCPeer) async -> String {
                do throws(HFSError) {
                    return try identities.run(of: peer, context: context).map { "\($0)" } ?? "none"
                } catch {
                    return "\(error.code)"
                }
            }
            #expect(await claim("", peer("alice")) == "none")
            #expect(await claim("CLI", peer("alice")) == "none")
            #expect(await claim("CLI", peer("alice", run: outer)) == "\(outer)")
            #expect(await claim("CLI,hfs_run:\(beside),x:y", peer("alice")) == "\(beside)")
            #expect(await claim("SPARK_CLIENT_hfs_run:\(inner)", peer("alice", run: outer)) == "\(inner)")
            #expect(await claim("hfs_run:\(beside)", peer("alice", run: outer)) == "accessDenied")
            #expect(await claim("hfs_run:\(outer)", peer("alice", run: inner)) == "accessDenied")
            #expect(await claim("hfs_run:\(outer)", peer("bob")) == "accessDenied")
            #expect(await claim("hfs_run:", peer("alice")) == "accessDenied")
            #expect(await claim("hfs_run:run-999999", peer("alice")) == "accessDenied")
            _ = try await ns.run(EndRun(caller: Self.alice, id: outer, state: .finished))
            #expect(await claim("hfs_run:\(outer)", peer("alice")) == "accessDenied")
            #expect(await claim("", peer("alice", run: outer)) == "invalidToken")
        }
    }

    @Test("tokens of HDFS's own calls are renewed by owner and renewer and cancelled once")
    func plainTokens() async throws {
        try await TestNamespace.with { ns in
            let identities = ns.namenode.writer.identities
            let body = try await ns.run(
                IssueToken(caller: Self.alice, issuer: try identities.issuer(), renewer: "bob"))
            guard case .token(let token) = body else {
                Issue.record("answered \(body)")
                return
            }
            let number = try identities.number(of: token)
            _ = try await ns.run(RenewToken(caller: Self.bob, number: number))
            var forged = token
            forged.password[0] ^= 1
            #expect(throws: HFSError.self) { try identities.number(of: forged) }
            let carol = TestNamespace.user("carol")
            let denied = await refusalText { () async throws(HFSError) in
                try await ns.run(RemoveToken(caller: carol, number: number))
            }
            #expect(denied == "accessDenied: carol is not authorized to cancel the token \(number)")
            _ = try await ns.run(RemoveToken(caller: Self.alice, number: number))
            let again = await refusalText { () async throws(HFSError) in
                try await ns.run(RemoveToken(caller: Self.alice, number: number))
            }
            #expect(again == "invalidToken: Token not found: \(number)")
        }
    }
}
