import Core
import Foundation
import MetaStore
import Testing

/// An edits log in two directories, of which one fails.
@Suite struct MirrorTests {
    let scratch = Scratch()
    let clock = ManualClock()

    var both: [String] { ["\(scratch.path)/one", "\(scratch.path)/two"] }

    func open(_ edits: [String], _ io: any FileIO = SystemFileIO()) throws -> ShardEngine {
        try ShardEngine.open(configuration(edits), clock: clock, io: io)
    }

    func configuration(_ edits: [String]) -> ShardEngineConfiguration {
        var configuration = KillPointTests.configuration("\(scratch.path)/namenode", shards: 2)
        configuration.editsDirectories = edits
        configuration.sqliteVFS = nil
        return configuration
    }

    func code(_ body: () throws -> Void) -> HFSError.Code? {
        do { try body() } catch let error as HFSError { return error.code } catch {}
        return nil
    }

    func create(_ engine: ShardEngine, _ name: String, payload: Int = 1) -> String {
        describe(engine.run(ToyOperation(action: .create(InodeID.root.rawValue, name, payload: payload))))
    }

    /// One life in which the disk of one directory fails at its change `number`; true when it did.
    static func live(_ number: Int, failing: Int, forGood: Bool, seed: UInt64) throws -> Bool {
        let test = MirrorTests()
        let comment: Comment = "change \(number) of directory \(failing), for good: \(forGood), seed \(seed)"
        var generator = Generator(seed: seed &* 1000 &+ UInt64(number))
        let io = FailingDirectoryIO(test.both[failing], failing: number..<(forGood ? Int.max : number + 1))
        let operations = (0..<40).map { _ in
            ToyOperation.random(&generator, directories: [InodeID.root.rawValue, 769], names: 9)
        }
        let engine = try test.open(test.both, io)
        let answers = KillPointTests.run(engine, operations, inFlight: 3)
        try #require(answers.count == operations.count && answers.allSatisfy(\.isAcknowledged), comment)
        let memory = try MemoryEngine(clock: test.clock)
        for answer in answers { try #require(describe(memory.run(answer.operation)) == answer.text, comment) }
        let children = try engine.readNow { view throws(PlanInterrupt) in
            try view.counter(InodeID.root.rawValue).children
        }
        let expected = try memory.readNow { view throws(PlanInterrupt) in
            try view.counter(InodeID.root.rawValue).children
        }
        try #require(children == expected, comment)
        try engine.close()
        let hasFailed = io.hasFailed
        let dropped = engine.health.problems.contains { $0.contains(test.both[failing]) }
        try #require(dropped == hasFailed, "\(comment): \(engine.health.problems)")

        if hasFailed {
            // What went on without it is not to be taken for the log.
            try #require(test.code { _ = try test.open([test.both[failing]]) } == .corruptMetadata, comment)
        }
        let again = try test.open(test.both)
        try #require(again.health.isGood && again.publishedLSN == memory.publishedLSN, comment)
        try EngineComparison.compareFiles(test.configuration(test.both), 2, memory, comment: "\(comment)")
        try #require(test.create(again, "after").hasPrefix("done"), comment)
        try again.close()
        // It was filled: now it will do alone.
        let alone = try test.open([test.both[failing]])
        try #require(alone.publishedLSN.rawValue == memory.publishedLSN.rawValue + 1, comment)
        try alone.close()
        return hasFailed
    }

    @Test(arguments: [(0, false), (0, true), (1, false), (1, true)])
    func `nothing acknowledged is lost and all goes on, wherever one directory fails`(_ form: (Int, Bool)) throws {
        for seed in firstSeed..<firstSeed + UInt64(testFactor) {
            var number = 1
            while try Self.live(number, failing: form.0, forGood: form.1, seed: seed) {
                number += testFactor > 1 ? 1 : 9
            }
            #expect(number > 20)
        }
    }

    @Test func `when the last directory fails nothing is acknowledged any more`() throws {
        let io = FailingDirectoryIO(scratch.path, failing: 40..<Int.max)
        let engine = try open(both, io)
        var count: UInt64 = 0
        while create(engine, "n\(count)").hasPrefix("done") { count += 1 }
        do throws(HFSError) { try engine.close() } catch {}
        #expect(engine.health.failure != nil)
        let again = try open(both)
        #expect(again.publishedLSN.rawValue >= count)
        #expect(again.health.isGood)
        try again.close()
    }

    @Test func `a full disk that both directories are on drops neither`() throws {
        let io = HookedFileIO()
        // The first segment has its room; the next few that are tried find none in both directories.
        io.set { event, path throws(HFSError) in
            guard event == .sync, path.contains("/prepared-"), let number = path.split(separator: "-").last,
                (2...4).contains(Int(number) ?? 0)
            else { return }
            throw HFSError(.noSpace, "write failed", subject: path)
        }
        let engine = try open(both, io)
        var number = 0
        while create(engine, "n\(number)", payload: 2000).hasPrefix("done") { number += 1 }
        #expect(engine.health.failure == nil)
        #expect(!engine.health.problems.contains { $0.contains("edits directory") })
        while engine.health.failure == nil, !create(engine, "n\(number)", payload: 2000).hasPrefix("done") {
            number += 1
        }
        #expect(engine.health.isGood)
        try engine.close()
        let again = try open(both)
        #expect(again.health.isGood)
        try again.close()
    }

    @Test func `a new directory is filled, and so is a gap`() throws {
        let one = try open([both[0]])
        for number in 0..<30 { #expect(create(one, "n\(number)", payload: 1000).hasPrefix("done")) }
        try one.close()
        let two = try open(both)
        #expect(two.publishedLSN == LSN(30))
        try two.close()
        // A segment that somebody removed, because it was damaged, comes back from the other directory.
        let names = try FileManager.default.contentsOfDirectory(atPath: both[0]).filter { $0.hasPrefix("edits-0") }
        try FileManager.default.removeItem(atPath: "\(both[0])/\(try #require(names.sorted().dropLast().last))")
        let mended = try open(both)
        #expect(mended.publishedLSN == LSN(30) && mended.health.isGood)
        try mended.close()
        for directory in both {
            #expect(try FileManager.default.contentsOfDirectory(atPath: directory).contains(names.sorted()[0]))
        }
    }

    @Test func `a directory that was away for a start is brought in line, not followed`() throws {
        let two = try open(both)
        #expect(create(two, "first").hasPrefix("done"))
        try two.close()
        let alone = try open([both[0]])
        #expect(create(alone, "while the other was away").hasPrefix("done"))
        try alone.close()
        #expect(code { _ = try open([both[1]]) } == .corruptMetadata)
        let again = try open(both)
        #expect(again.publishedLSN == LSN(2) && again.health.isGood)
        try again.close()
        let images = try both.map { directory in
            let names = try FileManager.default.contentsOfDirectory(atPath: directory).filter { $0.hasPrefix("edits-") }
            return try names.sorted().map { try Data(contentsOf: URL(filePath: "\(directory)/\($0)")) }
        }
        #expect(images[0] == images[1])
    }

    @Test func `edits of another cluster are left alone, one directory is not two`() throws {
        let one = try open([both[0]])
        #expect(create(one, "ours").hasPrefix("done"))
        try one.close()
        var foreign = ShardEngineConfiguration(directory: "\(scratch.path)/foreign")
        foreign.format = .init(clusterID: "CID-other", poolID: "BP-other")
        let other = try ShardEngine.open(foreign, clock: clock)
        #expect(create(other, "theirs").hasPrefix("done"))
        try other.close()
        #expect(code { _ = try open(both + foreign.editsDirectories) } == .wrongCluster)
        let theirs = try ShardEngine.open(foreign, clock: clock)
        #expect(theirs.publishedLSN == LSN(1))
        try theirs.close()
        #expect(code { _ = try open([both[0], both[0]]) } == .invalidArgument)
        #expect(code { _ = try open([]) } == .invalidArgument)
    }
}
