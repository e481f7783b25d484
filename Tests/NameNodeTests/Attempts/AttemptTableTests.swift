import Core
import Testing

@testable import NameNode

@Suite("What the namenode remembers of attempts")
struct AttemptTableTests {
    static let run = RunID(17)
    static let experiment = InodeID(5)
    static let alice = AttemptTable.Asker(user: "alice", isSuperuser: false, experiment: experiment)

    private func report(_ values: ClosedRange<Int>, kept: Int = .max) -> AttemptReport {
        let points = values.map { MetricPoint(step: $0, value: Double($0)) }
        return AttemptReport(
            run: Self.run, experiment: Self.experiment, count: UInt64(values.upperBound), points: points.suffix(kept))
    }

    private func news(
        _ table: AttemptTable, beyond count: UInt64, by asker: AttemptTable.Asker = alice, leaseMs: Int64 = 1000,
        nowMs: Int64
    ) -> [AttemptNews] {
        table.news(beyond: [AttemptTable.Known(run: Self.run, count: count)], by: asker, leaseMs: leaseMs, nowMs: nowMs)
    }

    @Test("who watches gets the values that it lacks, each once")
    func values() {
        var table = AttemptTable(nowMs: 0)
        _ = table.renew(report(1...3), owner: "bob", nowMs: 10)
        #expect(news(table, beyond: 0, nowMs: 10).first?.points.map(\.step) == [1, 2, 3])
        #expect(news(table, beyond: 3, nowMs: 10).isEmpty)
        // A report that is told again changes nothing; the next one goes on behind it.
        _ = table.renew(report(1...3), owner: "bob", nowMs: 20)
        _ = table.renew(report(2...5), owner: "bob", nowMs: 30)
        #expect(news(table, beyond: 2, nowMs: 30).first?.points.map(\.step) == [3, 4, 5])
    }

    @Test("values that came too fast are missing, and the count tells")
    func gap() throws {
        var table = AttemptTable(nowMs: 0)
        _ = table.renew(report(1...3), owner: "bob", nowMs: 10)
        _ = table.renew(report(1...900, kept: Limits.attemptPointsMax), owner: "bob", nowMs: 20)
        let found = try #require(news(table, beyond: 3, nowMs: 20).first)
        #expect(found.count == 900 && found.points.count == Limits.attemptPointsMax && found.points.last?.step == 900)
    }

    @Test("a lease runs from the last word, or from the first question")
    func leases() {
        var table = AttemptTable(nowMs: 0)
        table.expect(Self.run, owner: "alice", nowMs: 500)
        #expect(news(table, beyond: 0, nowMs: 1500).isEmpty)
        #expect(news(table, beyond: 0, nowMs: 1501).first?.isSilent == true)
        _ = table.renew(report(1...1), owner: "alice", nowMs: 2000)
        #expect(news(table, beyond: 1, nowMs: 3000).isEmpty)
        #expect(news(table, beyond: 1, nowMs: 3001).first?.isSilent == true)
    }

    @Test("of a run that ended before the table began nobody will tell: its lease is the table's own")
    func unknown() {
        let table = AttemptTable(nowMs: 100)
        #expect(news(table, beyond: 0, nowMs: 1100).isEmpty)
        #expect(news(table, beyond: 0, nowMs: 1101).first?.isSilent == true)
    }

    @Test("an attempt is open to its owner, to whose experiment it says it is, and to superusers")
    func rights() {
        var table = AttemptTable(nowMs: 0)
        _ = table.renew(report(1...1), owner: "bob", nowMs: 10)
        let askers: [(AttemptTable.Asker, Bool)] = [
            (Self.alice, true), (.init(user: "bob", isSuperuser: false, experiment: nil), true),
            (.init(user: "carol", isSuperuser: false, experiment: nil), false),
            (.init(user: "carol", isSuperuser: false, experiment: InodeID(6)), false),
            (.init(user: "root", isSuperuser: true, experiment: nil), true),
        ]
        for (asker, isOpen) in askers {
            #expect(news(table, beyond: 0, by: asker, nowMs: 10).isEmpty != isOpen)
            var other = table
            let isTold = other.stop(Self.run, "enough", by: asker)
            let told = other.renew(report(1...2), owner: "bob", nowMs: 20).stop
            #expect(isTold == isOpen && told == (isOpen ? "enough" : nil))
        }
    }

    @Test("the first reason to stop stays, and is told with each renewal")
    func stops() {
        var table = AttemptTable(nowMs: 0)
        let early = table.stop(Self.run, "early", by: Self.alice)
        #expect(!early)
        _ = table.renew(report(1...1), owner: "bob", nowMs: 10)
        for reason in ["first", "second"] {
            let isTold = table.stop(Self.run, reason, by: Self.alice)
            #expect(isTold)
        }
        for _ in 0..<2 {
            let told = table.renew(report(1...1), owner: "bob", nowMs: 20).stop
            #expect(told == "first")
        }
    }

    @Test("what nobody tells of is forgotten after all leases")
    func memory() {
        var table = AttemptTable(nowMs: 0)
        _ = table.renew(report(1...1), owner: "bob", nowMs: 10)
        table.forget(nowMs: 10 + Limits.attemptMemoryMs)
        #expect(table.count == 1)
        table.forget(nowMs: 11 + Limits.attemptMemoryMs)
        #expect(table.count == 0 && Limits.attemptMemoryMs > Limits.attemptLeaseMsMax)
    }
}
