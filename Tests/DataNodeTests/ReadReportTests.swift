import Core
import Testing
import WireProtocol

@testable import DataNode

@Suite struct ReadReportTests {
    private func token(_ number: Int) -> BlockAccessToken {
        BlockAccessToken(
            identifier: [1, UInt8(number >> 16 & 255), UInt8(number >> 8 & 255), UInt8(number & 255)], password: [7])
    }

    /// What one message tells.
    private static func told(_ reports: ReadReports, round: UInt64 = 1) async throws -> [BlockAccessToken] {
        var told: [BlockAccessToken] = []
        _ = try await reports.tell {
            told = $0
            return round
        }
        return told
    }

    @Test("A token is told once, oldest first, and again only when its message may not have arrived")
    func once() async throws {
        let reports = ReadReports(dropped: MetricCounter()) {}
        for number in [1, 2, 1, 3, 2] { reports.add(token(number), from: "a") }
        await #expect(throws: HFSError.self) {
            _ = try await reports.tell { (batch) throws(HFSError) -> UInt64 in
                #expect(batch == [1, 2, 3].map { token($0) } && reports.count == 0)
                reports.add(token(4), from: "a")
                throw HFSError(.cancelled, "The link was ended")
            }
        }
        #expect(try await Self.told(reports) == [1, 2, 3, 4].map { token($0) })
        for number in 1...4 { reports.add(token(number), from: "a") }
        #expect(reports.count == 0)
    }

    @Test("After a registration what is read is told again; what waits still waits once")
    func registration() async throws {
        let reports = ReadReports(dropped: MetricCounter()) {}
        reports.add(token(1), from: "a")
        #expect(try await Self.told(reports) == [token(1)])
        reports.settled(through: 1)
        reports.add(token(2), from: "a")
        reports.forgetTold()
        for number in [1, 2] { reports.add(token(number), from: "a") }
        #expect(try await Self.told(reports) == [token(2), token(1)])
    }

    @Test("What the log may not have is told again to a namenode that takes this node, first; what it has is not")
    func kept() async throws {
        let reports = ReadReports(dropped: MetricCounter()) {}
        for round in 1...3 {
            reports.add(token(round), from: "a")
            #expect(try await Self.told(reports, round: UInt64(round)) == [token(round)])
        }
        reports.settled(through: 1)
        #expect(reports.keptCount == 2)
        reports.add(token(4), from: "a")
        reports.forgetTold()
        #expect(reports.keptCount == 0)
        #expect(try await Self.told(reports, round: 1) == [2, 3, 4].map { token($0) })
        reports.settled(through: 1)
        reports.forgetTold()
        #expect(reports.count == 0 && reports.keptCount == 0)
    }

    @Test("What is kept is bounded; the oldest go, counted")
    func keptBound() async throws {
        let released = MetricCounter()
        let reports = ReadReports(dropped: MetricCounter(), released: released) {}
        for half in 0..<2 {
            for number in 0..<ReadReports.toldMax / 2 { reports.add(token(half << 20 | number), from: "a") }
            while try await reports.tell({ _ in 1 }) {}
        }
        reports.add(token(3 << 20), from: "a")
        #expect(try await Self.told(reports) == [token(3 << 20)])
        #expect(reports.keptCount == ReadReports.toldMax && released.value == 1)
        reports.forgetTold()
        #expect(try await Self.told(reports).first == token(1))
    }

    @Test("What waits is bounded; what does not fit is counted and may come again")
    func bound() async throws {
        let dropped = MetricCounter()
        let reports = ReadReports(dropped: dropped) {}
        for number in 0..<ReadReports.waitingMax + 5 { reports.add(token(number), from: "a") }
        #expect(reports.count == ReadReports.waitingMax && dropped.value == 5)
        let isMore = try await reports.tell {
            #expect($0.count == ReadReports.batchMax)
            return 1
        }
        #expect(isMore && reports.count == ReadReports.waitingMax - ReadReports.batchMax)
        reports.add(token(ReadReports.waitingMax), from: "a")
        #expect(dropped.value == 5)
        reports.add(BlockAccessToken(identifier: [UInt8](repeating: 1, count: 256), password: [7]), from: "a")
        #expect(dropped.value == 6)
    }

    @Test("A host that fills the room loses its own, not those of others")
    func fairness() async throws {
        let dropped = MetricCounter()
        let reports = ReadReports(dropped: dropped) {}
        reports.add(token(0), from: "reader")
        for number in 1..<ReadReports.waitingMax + 3 { reports.add(token(number), from: "forger") }
        reports.add(token(1 << 20), from: "reader")
        #expect(reports.count == ReadReports.waitingMax && dropped.value == 4)
        // The newest of the forger's that had room gave it up, and is no longer taken for told.
        reports.add(token(ReadReports.waitingMax - 1), from: "reader")
        #expect(dropped.value == 5)
        var last: [BlockAccessToken] = []
        while try await reports.tell({
            last = $0
            return 1
        }) {}
        #expect(last.suffix(2) == [token(1 << 20), token(ReadReports.waitingMax - 1)])
    }

    @Test("READ_BLOCK under a token is reported when bytes are sent, other operations and readers without one are not")
    func operation() async throws {
        let node = try TestNode()
        let block = RawClient.block(1)
        try RawClient(node).write(block, RawClient.pattern(1000))
        _ = try RawClient(node).read(block, length: 1000)
        #expect(node.reads.count == 0)
        let client = try RawClient(node)
        client.token = token(1)
        #expect(throws: HFSError.self) { _ = try client.read(block, offset: 5000, length: 10) }
        #expect(node.reads.count == 0)
        for _ in 0..<2 {
            let client = try RawClient(node)
            client.token = token(1)
            #expect(try client.read(block, offset: 10, length: 100) == Array(RawClient.pattern(1000)[10..<110]))
        }
        #expect(try await Self.told(node.reads) == [token(1)])
    }
}
