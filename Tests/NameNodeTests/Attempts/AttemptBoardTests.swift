import Core
import Synchronization
import Testing

@testable import NameNode

@Suite("Attempts that report to the namenode")
struct AttemptBoardTests {
    static let alice = TestNamespace.user("alice")
    static let bob = TestNamespace.user("bob")
    static let asker = AttemptTable.Asker(user: "alice", isSuperuser: false, experiment: nil)

    private func start(_ ns: TestNamespace, as caller: Caller = alice) async throws -> RunID {
        let issuer = try ns.namenode.writer.identities.issuer()
        let body = try await ns.run(StartRun(caller: caller, issuer: issuer, name: "trial"))
        guard case .started(let run, _) = body else { throw HFSError(.io, "answered \(body)") }
        return run.id
    }

    private func report(_ run: RunID, _ values: Double...) -> AttemptReport {
        let points = values.enumerated().map { MetricPoint(step: $0.offset, value: $0.element) }
        return AttemptReport(run: run, experiment: InodeID(5), count: UInt64(points.count), points: points)
    }

    /// What a watch was told; nil while it waits.
    private final class Told: Sendable {
        let news = Mutex<[AttemptNews]?>(nil)
    }

    private func watch(_ ns: TestNamespace, _ run: RunID, count: UInt64 = 0, waitMs: Int64 = 60_000) throws -> Told {
        let told = Told()
        try ns.namenode.attempts.watch(
            [AttemptTable.Known(run: run, count: count)], by: Self.asker, leaseMs: 10_000,
            deadlineMs: ns.clock.monotonicMs + waitMs
        ) { news in told.news.withLock { $0 = news } }
        return told
    }

    @Test("a watch is answered by the next report, by silence, and by its deadline")
    func watching() async throws {
        try await TestNamespace.with { ns in
            let (board, run) = (ns.namenode.attempts, try await start(ns))
            let first = try watch(ns, run)
            #expect(first.news.withLock { $0 } == nil)
            #expect(try board.renew([report(run, 0.5)], by: Self.alice).isEmpty)
            #expect(first.news.withLock { $0 }?.first?.points == [MetricPoint(step: 0, value: 0.5)])
            // Liveness alone is no news.
            let second = try watch(ns, run, count: 1)
            ns.clock.advance(byMs: 9_000)
            _ = try board.renew([report(run, 0.5)], by: Self.alice)
            ns.clock.advance(byMs: 9_000)
            board.tick()
            #expect(second.news.withLock { $0 } == nil)
            ns.clock.advance(byMs: 1_001)
            board.tick()
            #expect(second.news.withLock { $0 }?.first?.isSilent == true)
            let third = try watch(ns, run, count: 1, waitMs: 0)
            #expect(third.news.withLock { $0 }?.first?.isSilent == true)
            _ = try board.renew([report(run, 0.5)], by: Self.alice)
            let fourth = try watch(ns, run, count: 1, waitMs: 500)
            ns.clock.advance(byMs: 500)
            board.tick()
            #expect(fourth.news.withLock { $0 } == [])
        }
    }

    @Test("an attempt whose run has ended is fenced, another's is refused with the whole call")
    func fencing() async throws {
        try await TestNamespace.with { ns in
            let board = ns.namenode.attempts
            let (run, other) = (try await start(ns), try await start(ns, as: Self.bob))
            #expect(throws: HFSError.self) {
                try board.renew([report(run, 1), report(other, 1)], by: Self.alice)
            }
            #expect(board.count == 0)
            _ = try await ns.run(EndRun(caller: Self.alice, id: run, state: .killed))
            #expect(try board.renew([report(run, 1)], by: Self.alice) == [AttemptOrder(run: run, kind: .fenced)])
            var within = Self.alice
            within.run = try await start(ns)
            let sibling = try await start(ns)
            #expect(throws: HFSError.self) { try board.renew([report(sibling, 1)], by: within) }
            #expect(try board.renew([report(try #require(within.run), 1)], by: within).isEmpty)
        }
    }

    @Test("a stop is told with the next renewal, to the asker's own attempts alone")
    func stopping() async throws {
        try await TestNamespace.with { ns in
            let board = ns.namenode.attempts
            let (run, other) = (try await start(ns), try await start(ns, as: Self.bob))
            // Bob's attempt says that it is of alice's experiment; before that it is none of her business.
            #expect(board.stop([run, other], "enough", by: Self.asker) == [run])
            #expect(try board.renew([report(run)], by: Self.alice) == [AttemptOrder(run: run, kind: .stop("enough"))])
            #expect(try board.renew([report(other)], by: Self.bob).isEmpty)
            var owner = Self.asker
            owner.experiment = InodeID(5)
            #expect(board.stop([other], "enough", by: owner) == [other])
            #expect(
                try board.renew([report(other)], by: Self.bob) == [AttemptOrder(run: other, kind: .stop("enough"))])
        }
    }

    @Test("a namenode that starts again gives every attempt its whole lease")
    func restart() async throws {
        let directory = try TemporaryDirectory()
        var run = RunID(0)
        try await TestNamespace.with(.shards(directory.path, count: 1)) { ns in run = try await start(ns) }
        try await TestNamespace.with(.shards(directory.path, count: 1)) { ns in
            ns.clock.advance(byMs: 9_999)
            let told = try watch(ns, run)
            ns.clock.advance(byMs: 10_000)
            ns.namenode.attempts.tick()
            #expect(told.news.withLock { $0 } == nil)
            ns.clock.advance(byMs: 1)
            ns.namenode.attempts.tick()
            #expect(told.news.withLock { $0 }?.first?.isSilent == true)
        }
    }
}
