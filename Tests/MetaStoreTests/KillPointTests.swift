import Core
import Foundation
import MetaStore
import Synchronization
import Testing

/// Ends the engine at each call that changes the disk, in log and shards, and looks at what the next start finds.
@Suite(.serialized) struct KillPointTests {
    /// An engine with small segments and eager checkpoints, so that a short run passes through everything.
    static func configuration(_ directory: String, shards: Int) -> ShardEngineConfiguration {
        var configuration = ShardEngineConfiguration(directory: directory)
        configuration.shardCount = shards
        configuration.format = .init(clusterID: "CID-test", poolID: "BP-test")
        configuration.segmentBytes = 12 << 10
        configuration.editsRetentionBytes = 0
        configuration.checkpointPages = 10
        configuration.applyLingerMs = 1
        configuration.readerThreads = 1
        configuration.sqliteVFS = FaultVFS.isRegistered ? FaultVFS.name : nil
        return configuration
    }

    struct Answer {
        var operation: ToyOperation
        var retry: RetryKey
        var isAcknowledged: Bool
        var text: String
    }

    /// Runs operations, several in flight, until one is not acknowledged. In the order of their answers, which is that of
    /// their plans. When it `settles`, the shards have everything before each one.
    static func run(
        _ engine: ShardEngine, _ operations: [ToyOperation], inFlight: Int, settles: Bool = false
    ) -> [Answer] {
        let answers = Mutex<[Answer]>([])
        let lock = ConditionLock()
        nonisolated(unsafe) var active = 0
        nonisolated(unsafe) var isDead = false
        for (index, operation) in operations.enumerated() {
            if settles { do throws(HFSError) { try engine.waitForShards() } catch {} }
            let retry = RetryKey(clientID: [UInt8](repeating: UInt8(index % 3), count: 16), callID: Int32(index))
            let goesOn = lock.withLock {
                while active >= inFlight { lock.wait() }
                if !isDead { active += 1 }
                return !isDead
            }
            guard goesOn else { break }
            engine.submit(operation, retry: retry) { result in
                var isLost = false
                if case .failure(let error) = result { isLost = error.code == .io || error.code == .retriable }
                answers.withLock {
                    $0.append(
                        Answer(
                            operation: operation, retry: retry, isAcknowledged: !isLost, text: describe(result)))
                }
                lock.withLock {
                    active -= 1
                    if isLost { isDead = true }
                    lock.broadcast()
                }
            }
        }
        lock.withLock { while active > 0 { lock.wait() } }
        return answers.withLock { $0 }
    }

    /// One life of a namespace that ends at call `number`; true when it ended before its work was done.
    /// When `mirrored`, the log has two directories, and the disk of one may be gone afterwards.
    func live(_ number: Int, shards: Int, seed: UInt64, powerLoss: Bool, mirrored: Bool) throws -> Bool {
        let comment = "call \(number), \(shards) shards, seed \(seed), power loss \(powerLoss), mirrored \(mirrored)"
        var generator = Generator(seed: seed &* 1000 &+ UInt64(number))
        let scratch = Scratch()
        let io = FaultFileIO()
        FaultVFS.owner.withLock { $0 = io }
        defer { FaultVFS.owner.withLock { $0 = nil } }
        io.plan(generator.below(3) == 0 ? .tear : .kill, atCall: number)
        let clock = ManualClock()
        var configuration = Self.configuration(scratch.path, shards: shards)
        if mirrored { configuration.editsDirectories.append("\(scratch.path)/mirror") }
        let directories =
            [InodeID.root.rawValue] + (1...5).map { InodeID(sequence: 3, shard: VirtualShard($0)).rawValue }
        let operations = (0..<90).map { _ in ToyOperation.random(&generator, directories: directories, names: 12) }
        var answers: [Answer] = []
        var error: HFSError?
        do throws(HFSError) {
            let engine = try ShardEngine.open(configuration, clock: clock, io: io)
            let settles = generator.below(3) == 0
            answers = Self.run(engine, operations, inFlight: settles ? 1 : 1 + generator.below(8), settles: settles)
            do throws(HFSError) { try engine.close() } catch let failure { error = failure }
        } catch let failure {
            error = failure
        }
        let wasKilled = io.isDead
        try #require(wasKilled || error == nil, "\(comment): \(String(describing: error))")
        if powerLoss { try io.losePower { _, _ in generator.below(2) == 0 } }
        FaultVFS.owner.withLock { $0 = nil }
        if mirrored, generator.below(3) == 0 {
            try? FileManager.default.removeItem(atPath: configuration.editsDirectories[generator.below(2)])
        }
        // Or the power goes later: whatever a start found must then still be there.
        var found: LSN?
        if !powerLoss, generator.below(2) == 0 {
            let second = FaultFileIO(after: io)
            do throws(HFSError) {
                let engine = try ShardEngine.open(configuration, clock: clock, io: second)
                found = engine.publishedLSN
                try engine.close()
            } catch {
                Issue.record("\(comment), before the power loss: \(error)")
                return wasKilled
            }
            try second.losePower { _, _ in generator.below(2) == 0 }
        }

        let memory = try MemoryEngine(clock: clock)
        let engine: ShardEngine
        do throws(HFSError) {
            engine = try ShardEngine.open(configuration, clock: clock)
        } catch {
            Issue.record("\(comment): \(error)")
            return wasKilled
        }
        if let found { try #require(engine.publishedLSN == found, "\(comment): after a start and a power loss") }
        for answer in answers {
            if !answer.isAcknowledged, memory.publishedLSN >= engine.publishedLSN { break }
            let result = memory.run(answer.operation, retry: answer.retry)
            if answer.isAcknowledged { try #require(describe(result) == answer.text, "\(comment)") }
        }
        try #require(memory.publishedLSN == engine.publishedLSN, "\(comment): after \(answers.count) answers")
        try EngineComparison.compareFiles(configuration, shards, memory, comment: comment)
        // Calls whose answers were lost on the way are made again.
        memory.skipIDs(to: engine.recoveredIDs)
        for answer in answers.suffix(4) {
            let again = describe(engine.run(answer.operation, retry: answer.retry))
            let expected = describe(memory.run(answer.operation, retry: answer.retry))
            try #require(again == expected, "\(comment): retried")
        }
        try engine.close()
        return wasKilled
    }

    @Test(arguments: [(1, false, false), (4, false, false), (1, true, false), (4, true, false), (1, true, true)])
    func `nothing acknowledged is lost and nothing torn is kept, wherever the process ends`(
        _ form: (Int, Bool, Bool)
    ) throws {
        let (shards, powerLoss, mirrored) = form
        for seed in firstSeed..<firstSeed + UInt64(testFactor) {
            var number = 1
            while try live(number, shards: shards, seed: seed, powerLoss: powerLoss, mirrored: mirrored) {
                // The short form takes a few steps at a time, others each time that the seed changes.
                number += testFactor > 1 ? 1 : 7
            }
            #expect(number > 50, "the sweep ended after \(number) calls")
        }
    }

    @Test(arguments: [1, 4])
    func `a start that is killed anywhere can be done again`(shards: Int) throws {
        var number = 1
        while true {
            let scratch = Scratch()
            let configuration = Self.configuration(scratch.path, shards: shards)
            let clock = ManualClock()
            // A process that ended in the middle: the shards lack the newest edits, a torn tail follows.
            let first = FaultFileIO()
            FaultVFS.owner.withLock { $0 = first }
            var generator = Generator(seed: UInt64(number))
            let engine = try ShardEngine.open(configuration, clock: clock, io: first)
            let operations = (0..<30).map { _ in
                ToyOperation.random(&generator, directories: [InodeID.root.rawValue, 769], names: 9)
            }
            first.plan(.tear, atCall: first.callCount + 20)
            let answers = Self.run(engine, operations, inFlight: 3)
            do throws(HFSError) { try engine.close() } catch {}
            try first.losePower { _, _ in generator.below(2) == 0 }
            let second = FaultFileIO()
            FaultVFS.owner.withLock { $0 = second }
            second.plan(.kill, atCall: number)
            do throws(HFSError) { try ShardEngine.open(configuration, clock: clock, io: second).close() } catch {}
            FaultVFS.owner.withLock { $0 = nil }
            let memory = try MemoryEngine(clock: clock)
            let again = try ShardEngine.open(configuration, clock: clock)
            for answer in answers {
                if !answer.isAcknowledged, memory.publishedLSN >= again.publishedLSN { break }
                _ = memory.run(answer.operation)
            }
            try #require(memory.publishedLSN == again.publishedLSN, "call \(number)")
            try EngineComparison.compareFiles(configuration, shards, memory, comment: "call \(number)")
            try again.close()
            guard second.isDead else { break }
            number += testFactor > 1 ? 1 : 3
        }
        #expect(number > 5)
    }
}
