import Core
import Foundation
import MetaStore
import Testing

/// What of the log stays for readers of the feed.
@Suite struct RetentionTests {
    let scratch = Scratch()
    let clock = ManualClock()

    func open(
        _ io: any FileIO = SystemFileIO(), _ change: (inout ShardEngineConfiguration) -> Void = { _ in }
    ) throws -> ShardEngine {
        var configuration = ShardEngineConfiguration(directory: scratch.path)
        configuration.format = .init(clusterID: "CID-test", poolID: "BP-test")
        configuration.shardCount = 1
        configuration.segmentBytes = 16 << 10
        configuration.checkpointPages = 1
        change(&configuration)
        return try ShardEngine.open(configuration, clock: clock, io: io)
    }

    /// Some segments' worth of events, an hour later.
    func fill(_ engine: ShardEngine) throws {
        clock.advance(byMs: 3_600_000)
        for number in 0..<40 {
            try #require(describe(engine.run(Telling.of(.mkdir, "/\(number)", payload: 1000))) == "done: told")
        }
        try engine.waitForShards()
    }

    /// Waits for the keeper's thread; what is to stay is looked at after more went.
    func waitUntil(_ comment: Comment, _ isSo: () -> Bool) throws {
        for _ in 0..<500 where !isSo() { usleep(10_000) }
        try #require(isSo(), comment)
    }

    func code(_ body: () throws -> Void) -> HFSError.Code? {
        do { try body() } catch let error as HFSError { return error.code } catch {}
        return nil
    }

    @Test func `the log is kept by size, and who asks for what is gone is told the oldest that is not`() throws {
        let engine = try open { $0.editsRetentionBytes = 6 * (16 << 10) }
        for _ in 0..<5 { try fill(engine) }
        try waitUntil("removed by size") { engine.feed.oldestLSN > LSN(40) }
        let inspector = EditsInspector(directory: scratch.path + "/edits")
        // Six stay; the keeper forgets a segment before it removes its file.
        var kept = try inspector.segments().count
        for _ in 0..<500 where kept > 6 {
            usleep(10_000)
            kept = try inspector.segments().count
        }
        #expect(kept == 6)
        let oldest = engine.feed.oldestLSN
        var error: HFSError?
        do throws(HFSError) { _ = try engine.allEvents(from: LSN(1)) } catch let failure { error = failure }
        #expect(error?.code == .eventsRemoved)
        #expect(error?.message.contains("LSN \(oldest)") == true)
        #expect(try engine.allEvents().first?.lsn == oldest)
        #expect(try engine.allEvents(from: oldest).count == Int(engine.publishedLSN.rawValue - oldest.rawValue) + 1)
        #expect(try engine.readFeed(FeedRequest(.time(ms: 0))).entries.first?.lsn == oldest)
        try engine.close()
    }

    @Test(arguments: [0, 3000])
    func `small files do not shorten the time that events are kept for, also after a start`(bytes: Int) throws {
        func fill(_ engine: ShardEngine) throws {
            clock.advance(byMs: 3_600_000)
            for number in 0..<40 {
                var telling = Telling.of(.mkdir, "/\(number)", payload: bytes == 0 ? 3000 : 1)
                telling.smallFileBytes = bytes
                try #require(describe(engine.run(telling)) == "done: told")
            }
            try engine.waitForShards()
        }
        // Each time 13 segments of three records; of one with small files less than half counts.
        var engine = try open { $0.editsRetentionBytes = 30 * (16 << 10) }
        for _ in 0..<2 { try fill(engine) }
        try engine.close()
        engine = try open { $0.editsRetentionBytes = 30 * (16 << 10) }
        for _ in 0..<2 { try fill(engine) }
        if bytes == 0 {
            try waitUntil("removed by size") { engine.feed.oldestLSN > LSN(40) }
        } else {
            #expect(engine.feed.oldestLSN == LSN(1))
            // Not without end, though.
            for _ in 0..<5 { try fill(engine) }
            try waitUntil("removed by size") { engine.feed.oldestLSN > LSN(40) }
            #expect(engine.feed.oldestLSN < LSN(250))
        }
        try engine.close()
    }

    @Test func `the log is kept by age`() throws {
        let engine = try open { $0.editsRetentionMs = 150 * 60_000 }
        for _ in 0..<6 { try fill(engine) }
        // The newest segments are at most 150 minutes old: those of the last two hours and the one before.
        try waitUntil("removed by age") { engine.feed.oldestLSN > LSN(80) }
        #expect(engine.feed.oldestLSN <= LSN(161))
        try engine.close()
    }

    @Test func `a cursor keeps what it needs beyond that, up to its own limits`() throws {
        let engine = try open {
            $0.editsRetentionBytes = 0
            $0.cursorRetentionBytes = 20 * (16 << 10)
            $0.awaitsCursors = true
        }
        for _ in 0..<3 { try fill(engine) }
        // Nobody said where cursors stand.
        #expect(engine.feed.oldestLSN == LSN(1))
        engine.feed.setCursors([LSN(50), LSN(90)])
        try waitUntil("removed up to the first cursor") { engine.feed.oldestLSN > LSN(20) }
        try fill(engine)
        #expect(engine.feed.oldestLSN <= LSN(50))
        #expect(try engine.allEvents(from: LSN(50)).first?.lsn == LSN(50))
        engine.feed.setCursors([LSN(90)])
        try waitUntil("the first cursor went on") { engine.feed.oldestLSN > LSN(60) }
        #expect(engine.feed.oldestLSN <= LSN(90))
        for _ in 0..<6 { try fill(engine) }
        try waitUntil("the cursor's limit") { engine.feed.oldestLSN > LSN(90) }
        // It asks for nothing that is kept any more, so it keeps nothing.
        try waitUntil("an old cursor does not count") {
            engine.feed.oldestLSN.rawValue + 100 > engine.publishedLSN.rawValue
        }
        #expect(engine.health.isGood)
        try engine.close()
    }

    @Test func `free space comes before cursors, and that is told until the cursor has gone on`() throws {
        let io = FaultFileIO()
        let engine = try open(io) { $0.editsReserveBytes = 1 << 20 }
        engine.feed.setCursors([LSN(1)])
        for _ in 0..<3 { try fill(engine) }
        #expect(engine.feed.oldestLSN == LSN(1))
        #expect(engine.health.isGood)
        io.setFreeBytes(1 << 10)
        try fill(engine)
        try waitUntil("removed for space") { engine.feed.oldestLSN > LSN(40) }
        #expect(engine.health.problems.contains { $0.contains("although a cursor needs them") })
        #expect(code { _ = try engine.allEvents(from: LSN(1)) } == .eventsRemoved)
        io.setFreeBytes(nil)
        engine.feed.setCursors([engine.publishedLSN])
        #expect(engine.health.isGood)
        try engine.close()
    }

    @Test func `a restart makes no segment younger, not even the newest, which it reads`() throws {
        let before = try open()
        try fill(before)
        try before.close()
        let inspector = EditsInspector(directory: scratch.path + "/edits")
        let last = try #require(try inspector.segments().last?.firstLSN)
        clock.advance(byMs: 2 * 3_600_000)
        // An hour after the restart the last segment of then was made three hours ago, and what is before it may go.
        let again = try open { $0.editsRetentionMs = 150 * 60_000 }
        try fill(again)
        try waitUntil("removed by age") { again.feed.oldestLSN == last }
        try again.close()
    }

    @Test func `after a restart the log is as old as it was`() throws {
        let before = try open()
        for _ in 0..<3 { try fill(before) }
        try before.close()
        let again = try open { $0.editsRetentionMs = 90 * 60_000 }
        try fill(again)
        try waitUntil("removed by age") { again.feed.oldestLSN > LSN(40) }
        // More may go meanwhile: what is there is whole.
        let found = try again.allEvents().map(\.lsn.rawValue)
        let first = try #require(found.first)
        #expect(first > 40)
        #expect(found == Array(first...again.publishedLSN.rawValue))
        try again.close()
    }
}
