import Core
import Foundation
import MetaStore
import Synchronization
import Testing

@Suite struct FeedTests {
    let scratch = Scratch()
    let clock = ManualClock()

    func open(
        _ io: any FileIO = SystemFileIO(), _ change: (inout ShardEngineConfiguration) -> Void = { _ in }
    ) throws -> ShardEngine {
        var configuration = ShardEngineConfiguration(directory: scratch.path)
        configuration.format = .init(clusterID: "CID-test", poolID: "BP-test")
        configuration.shardCount = 1
        configuration.segmentBytes = 12 << 10
        change(&configuration)
        return try ShardEngine.open(configuration, clock: clock, io: io)
    }

    func tell(_ engine: any MetadataEngine, _ operation: Telling) throws {
        try #require(describe(engine.run(operation)) == "done: told")
    }

    static let change: [NamespaceEvent.Change] = [
        .none, .text("0755"), .content(length: 300, modifiedMs: -1, checksum: nil),
        .content(length: .max, modifiedMs: 5, checksum: 7), .moved(parent: InodeID(8), path: "/elsewhere/x"),
        .attribute(name: "user.a", old: nil, new: [1, 2]), .attribute(name: "user.b", old: [], new: nil),
    ]

    @Test func `the feed has every event once and in order, whatever was rolled, restarted and read before`() throws {
        for seed in firstSeed..<firstSeed + UInt64(6 * testFactor) {
            let comment = "seed \(seed); again with HFS_TEST_SEED=\(seed)"
            var generator = Generator(seed: seed)
            let scratch = Scratch()
            var configuration = ShardEngineConfiguration(directory: scratch.path)
            configuration.segmentBytes = 12 << 10
            let comparison = try EngineComparison(configuration)
            var told: [NamespaceEvent] = []
            for round in 0..<4 {
                let directories = comparison.directories
                let operations = (0..<60).map { _ in
                    ToyOperation.random(&generator, directories: directories, names: 30)
                }
                try comparison.run(operations, inFlight: 1 + generator.below(20), comment: comment)
                let events = (0..<generator.below(20)).map { index in
                    NamespaceEvent(
                        NamespaceEvent.Kind.allCases[generator.below(NamespaceEvent.Kind.allCases.count)],
                        inode: InodeID(UInt64(index)), parent: .root, path: "/r\(round)/\(index)",
                        isDirectory: generator.below(2) == 0, change: Self.change[generator.below(Self.change.count)])
                }
                told += events
                for engine in [comparison.engine, comparison.memory] as [any MetadataEngine] {
                    try tell(engine, Telling(events: events))
                }
                let found = try comparison.engine.allEvents(step: 1 + generator.below(40))
                let expected = try comparison.memory.allEvents()
                try #require(found.map(\.event) == expected.map(\.event), "\(comment)")
                try #require(found.allSatisfy { $0.user == "toy" && $0.callerContext == "test" }, "\(comment)")
                let places = found.map { [$0.lsn.rawValue, UInt64($0.index)] }
                try #require(places == places.sorted { $0.lexicographicallyPrecedes($1) }, "\(comment)")
                try #require(Set(places).count == places.count, "\(comment)")
                // From any record on: the same rest.
                let from = LSN(UInt64(1 + generator.below(Int(comparison.engine.publishedLSN.rawValue))))
                let rest = try comparison.engine.allEvents(from: from, step: 1 + generator.below(40))
                try #require(rest == found.filter { $0.lsn >= from }, "\(comment)")
                if generator.below(2) == 0 { try comparison.restart() }
            }
            let found = try comparison.engine.allEvents().map(\.event).filter { $0.path.hasPrefix("/r") }
            try #require(found == told, "\(comment)")
            try comparison.engine.close()
        }
    }

    @Test(arguments: 0..<12)
    func `a kill leaves in the feed what was answered, and nothing twice`(number: Int) throws {
        var generator = Generator(seed: firstSeed &+ UInt64(number))
        let io = FaultFileIO()
        let engine = try open(io)
        io.plan(number % 2 == 0 ? .kill : .tear, atCall: io.callCount + 3 + generator.below(60))
        var answered = 0
        while answered < 2000, describe(engine.run(Telling.of(.mkdir, "/\(answered)", payload: 100))) == "done: told" {
            answered += 1
        }
        try #require(answered < 2000, "the kill never came")
        do throws(HFSError) { try engine.close() } catch {}
        let again = try open(FaultFileIO(after: io))
        let paths = try again.allEvents().map(\.event.path)
        // The one that was not answered may be there or not.
        #expect(paths == (0..<paths.count).map { "/\($0)" })
        #expect([answered, answered + 1].contains(paths.count))
        try again.close()
    }

    @Test func `filters take paths by whole components, old and new names, kinds and runs`() throws {
        let engine = try open()
        let run = RunID(17)
        for operation in [
            Telling.of(.mkdir, "/a"), .of(.create, "/a/b", run: run), .of(.create, "/ab"),
            .of(.rename, "/x", to: "/a/x"), .of(.rename, "/a/x", to: "/y"), .of(.rename, "/x", to: "/ab/x"),
            .of(.delete, "/a/b/c", run: run),
        ] { try tell(engine, operation) }
        func numbers(_ path: String? = nil, _ kinds: [NamespaceEvent.Kind] = [], _ run: RunID? = nil) throws -> [UInt64]
        {
            let filter = FeedFilter(path: try path.map { try FilePath($0) }, kinds: kinds, run: run)
            let first = try engine.allEvents()[0].lsn.rawValue
            return try engine.allEvents(where: filter, step: 1).map { $0.lsn.rawValue - first }
        }
        #expect(try numbers("/a") == [0, 1, 3, 4, 6])
        #expect(try numbers("/") == [0, 1, 2, 3, 4, 5, 6])
        #expect(try numbers("/a/b") == [1, 6])
        #expect(try numbers("/ab") == [2, 5])
        #expect(try numbers(nil, [.rename, .mkdir]) == [0, 3, 4, 5])
        #expect(try numbers(nil, [], run) == [1, 6])
        #expect(try numbers("/a", [.delete], run) == [6])
        #expect(try numbers("/nothing") == [])
        try engine.close()
    }

    @Test func `who has read everything gets the next event that matches, as soon as it is published`() throws {
        let engine = try open()
        try tell(engine, .of(.mkdir, "/old"))
        let pages = (0..<3).map { _ in Promise<Result<FeedPage, HFSError>>() }
        for (index, path) in ["/a", "/b", "/b/c"].enumerated() {
            var request = FeedRequest(.end)
            request.filter = FeedFilter(path: try FilePath(path))
            request.waitMs = 60_000
            engine.feed.read(request) { pages[index].fulfil($0) }
        }
        try #require(engine.feed.awaitWaiting(3))
        try tell(engine, .of(.create, "/b/x"))
        try tell(engine, .of(.create, "/a/x"))
        let first = try pages[0].wait().get()
        #expect(first.entries.map(\.event.path) == ["/a/x"])
        #expect(first.nextLSN == engine.publishedLSN.next)
        #expect(try pages[1].wait().get().entries.map(\.event.path) == ["/b/x"])
        // Who looks at what is new is not among them for a moment.
        #expect(engine.feed.awaitWaiting(1))
        try engine.close()
        #expect(code(pages[2].wait()) == .retriable)
    }

    @Test func `a wait ends with its time, with its owner's connection, and at once when there is something`() throws {
        let engine = try open()
        try tell(engine, .of(.mkdir, "/old"))
        var request = FeedRequest(.lsn(.zero))
        request.waitMs = 60_000
        #expect(try engine.readFeed(request).entries.map(\.event.path) == ["/old"])
        request.start = .end
        request.owner = 5
        let dropped = Promise<Result<FeedPage, HFSError>>()
        engine.feed.read(request) { dropped.fulfil($0) }
        try #require(engine.feed.awaitWaiting(1))
        engine.feed.drop(owner: 6)
        #expect(engine.feed.waiting == 1)
        engine.feed.drop(owner: 5)
        #expect(code(dropped.wait()) == .cancelled)
        let ended = Promise<Result<FeedPage, HFSError>>()
        engine.feed.read(request) { ended.fulfil($0) }
        try #require(engine.feed.awaitWaiting(1))
        engine.feed.endWaits()
        #expect(try ended.wait().get().nextLSN == engine.publishedLSN.next)
        #expect(code(Result { try engine.readFeed(request) }) == .retriable)
        request.waitMs = 0
        let page = try engine.readFeed(request)
        #expect(page.entries.isEmpty && page.nextLSN == engine.publishedLSN.next)
        try engine.close()
    }

    @Test func `a start by time finds the first record of that time in whatever segment it lies`() throws {
        let engine = try open()
        var times: [Int64] = []
        for number in 0..<200 {
            clock.advance(byMs: 1000)
            times.append(clock.nowMs)
            try tell(engine, .of(.mkdir, "/\(number)", payload: 300))
        }
        for number in stride(from: 0, to: 200, by: 7) {
            for offset in [Int64(-1), 0] {
                let page = try engine.readFeed(FeedRequest(.time(ms: times[number] + offset)))
                #expect(page.entries.first?.event.path == "/\(number)")
            }
        }
        #expect(try engine.readFeed(FeedRequest(.time(ms: 0))).entries.first?.event.path == "/0")
        #expect(try engine.readFeed(FeedRequest(.time(ms: clock.nowMs + 1))).entries.isEmpty)
        try engine.close()
    }

    @Test func `what lies in the future or is damaged is told, not passed over`() throws {
        let engine = try open()
        for number in 0..<100 { try tell(engine, .of(.mkdir, "/\(number)", payload: 300)) }
        let beyond = LSN(engine.publishedLSN.rawValue + 2)
        #expect(code(Result { try engine.readFeed(FeedRequest(.lsn(beyond))) }) == .invalidArgument)
        let inspector = EditsInspector(directory: scratch.path + "/edits")
        let second = try inspector.segments()[1]
        let handle = try #require(FileHandle(forUpdatingAtPath: second.path))
        try handle.seek(toOffset: 6000)
        try handle.write(contentsOf: Data([0xEE, 0xEE, 0xEE]))
        try handle.close()
        var error: HFSError?
        do throws(HFSError) { _ = try engine.allEvents() } catch let failure { error = failure }
        #expect(error?.code == .corruptMetadata)
        #expect(error?.subject == second.path)
        let third = try inspector.segments()[2].firstLSN
        #expect(try engine.allEvents(from: third).first?.lsn == third)
        try engine.close()
    }

    private func code<T>(_ result: Result<T, HFSError>) -> HFSError.Code? {
        if case .failure(let error) = result { error.code } else { nil }
    }

    private func code<T>(_ result: Result<T, any Error>) -> HFSError.Code? {
        if case .failure(let error as HFSError) = result { error.code } else { nil }
    }
}
