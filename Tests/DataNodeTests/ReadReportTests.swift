import Core
import Testing
import WireProtocol

@testable import DataNode

@Suite struct ReadReportTests {
    private func token(_ number: Int) -> BlockAccessToken {
        BlockAccessToken(
            identifier: [1, UInt8(number >> 16 & 255), UInt8(number >> 8 & 255), UInt8(number & 255)], password: [7])
    }

    @Test("A token is told once, oldest first, and again only when its message may not have arrived")
    func once() {
        let reports = ReadReports(dropped: MetricCounter()) {}
        for number in [1, 2, 1, 3, 2] { reports.add(token(number)) }
        let batch = reports.take()
        #expect(batch == [token(1), token(2), token(3)] && reports.count == 0)
        reports.add(token(4))
        reports.putBack(batch)
        #expect(reports.take() == [1, 2, 3, 4].map { token($0) })
    }

    @Test("What waits is bounded; what does not fit is counted and may come again")
    func bound() {
        let dropped = MetricCounter()
        let reports = ReadReports(dropped: dropped) {}
        for number in 0..<ReadReports.waitingMax + 5 { reports.add(token(number)) }
        #expect(reports.count == ReadReports.waitingMax && dropped.value == 5)
        #expect(reports.take().count == ReadReports.batchMax)
        reports.add(token(ReadReports.waitingMax))
        #expect(dropped.value == 5)
    }

    @Test("READ_BLOCK under a token is reported when bytes are sent, other operations and readers without one are not")
    func operation() throws {
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
        #expect(node.reads.take() == [token(1)])
    }
}
