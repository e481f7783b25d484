import Core
import Foundation
import MetaStore
import Synchronization
import Testing

/// The planner when something that it needs is late or gone.
@Suite struct PlannerTests {
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

    func create(_ name: String, payload: Int = 1) -> ToyOperation {
        ToyOperation(action: .create(InodeID.root.rawValue, name, payload: payload))
    }

    /// What operations in flight together were answered, and after how long.
    func runAll(_ engine: ShardEngine, _ count: Int) -> [(text: String, after: Duration)] {
        let answers = Mutex<[(text: String, after: Duration)]>([])
        let done = Promise<Bool>()
        let start = ContinuousClock.now
        for number in 0..<count {
            engine.submit(create("x\(number)"), retry: nil) { result in
                let isLast = answers.withLock {
                    $0.append((describe(result), start.duration(to: .now)))
                    return $0.count == count
                }
                if isLast { done.fulfil(true) }
            }
        }
        _ = done.wait()
        return answers.withLock { $0 }
    }

    @Test func `what is submitted in overlapping bursts is done at the end of any of them`() throws {
        let engine = try open()
        let submissions = try #require(engine.submissions)
        for number in 0..<50 {
            let done = Promise<String>()
            submissions.burstBegins()
            submissions.burstBegins()
            engine.submit(create("b\(number)"), retry: nil) { done.fulfil(describe($0)) }
            submissions.burstEnds()
            #expect(done.wait().hasPrefix("done"))
            submissions.burstEnds()
        }
        try engine.close()
    }

    @Test func `shards that do not follow hold up nobody who was answered, and the rest is refused after one wait`()
        throws
    {
        let engine = try open {
            $0.lagMax = 5
            $0.applyLingerMs = 600_000
        }
        let answers = runAll(engine, 15)
        for answer in answers[..<5] {
            #expect(answer.text.hasPrefix("done"))
            #expect(answer.after + .milliseconds(500) < answers[5].after)
        }
        for answer in answers[5...] {
            #expect(answer.text.hasPrefix("failed: retriable"))
            #expect(answer.after < .seconds(15))
        }
        try engine.close()
        #expect(try open().publishedLSN == LSN(5))
    }

    @Test func `shards that lack too many bytes of the log hold up what comes next`() throws {
        let engine = try open {
            $0.lagBytesMax = 10_000
            $0.applyLingerMs = 600_000
        }
        for number in 0..<3 { #expect(describe(engine.run(create("n\(number)", payload: 4000))).hasPrefix("done")) }
        #expect(engine.health.isLagGateClosed)
        #expect(describe(engine.run(create("late"))).hasPrefix("failed: retriable"))
        try engine.close()
        #expect(try open().publishedLSN == LSN(3))
    }

    @Test func `after a failure nobody waits for the shards any more and the engine ends`() throws {
        let io = HookedFileIO()
        let engine = try open(io) {
            $0.lagMax = 5
            $0.applyLingerMs = 600_000
        }
        for number in 0..<3 { #expect(describe(engine.run(create("n\(number)"))).hasPrefix("done")) }
        io.kill(at: .sync, "/edits-")
        #expect(describe(engine.run(create("lost"))).hasPrefix("failed: io"))
        let start = ContinuousClock.now
        for answer in runAll(engine, 15) { #expect(answer.text.hasPrefix("failed: io")) }
        do throws(HFSError) { try engine.close() } catch {}
        #expect(start.duration(to: .now) < .seconds(10))
    }

    @Test func `reads go on while an operation on cold rows waits for a new segment`() throws {
        let first = try open()
        #expect(describe(first.run(create("small", payload: 3000))).hasPrefix("done"))
        try first.close()
        let io = HookedFileIO()
        let isHeld = ConditionLock()
        nonisolated(unsafe) var holds = true
        io.set { _, path throws(HFSError) in
            guard path.contains("/prepared-") else { return }
            isHeld.withLock { while holds { isHeld.wait() } }
        }
        let engine = try open(io)
        let created = Promise<String>()
        engine.submit(create("large", payload: 6000), retry: nil) { created.fulfil(describe($0)) }
        usleep(500_000)
        let isRead = Mutex(false)
        let reader = try DedicatedThread(name: "reader") {
            do {
                _ = try engine.readNow { view throws(PlanInterrupt) in try view.counter(InodeID.root.rawValue).children
                }
                isRead.withLock { $0 = true }
            } catch { Issue.record(error) }
        }
        for _ in 0..<500 where !isRead.withLock({ $0 }) { usleep(10_000) }
        #expect(isRead.withLock { $0 })
        isHeld.withLock {
            holds = false
            isHeld.broadcast()
        }
        reader.join()
        #expect(created.wait().hasPrefix("done"))
        #expect(engine.publishedLSN == LSN(2))
        try engine.close()
    }

    /// Adds to a directory's counter.
    struct Count: MetaStore.Operation {
        var delta: Counter
        var origin: EditOrigin { EditOrigin(user: "toy") }

        func plan(_ view: any MetadataView, _ inputs: inout PlanInputs) throws(PlanInterrupt) -> Planned<ToyReply> {
            var mutation = Mutation()
            mutation.add(InodeID.root.rawValue, delta)
            return Planned(mutation, ToyReply(text: "\(inputs.ids.takeDirectory())"))
        }
    }

    @Test func `sizes that cannot be counted are refused by both engines, before anything is logged`() throws {
        let shard = try open()
        let engines: [any MetadataEngine] = [shard, try MemoryEngine(clock: clock)]
        for engine in engines {
            #expect(describe(engine.run(Count(delta: Counter(space: .max - 5)))).hasPrefix("done"))
            #expect(describe(engine.run(Count(delta: Counter(space: 6)))).hasPrefix("failed: invalidArgument"))
            #expect(
                describe(engine.run(Count(delta: Counter(length: -2, space: .max)))).hasPrefix(
                    "failed: invalidArgument"))
            #expect(describe(engine.run(Count(delta: Counter(length: -2, space: 5)))).hasPrefix("done"))
            #expect(describe(engine.run(Count(delta: Counter(length: .min)))).hasPrefix("failed: invalidArgument"))
            #expect(engine.publishedLSN == LSN(2))
        }
        try shard.close()
        let again = try open()
        #expect(
            try again.readNow { view throws(PlanInterrupt) in try view.counter(InodeID.root.rawValue).space } == .max)
        try again.close()
        #expect(-Counter(space: .min) == Counter(space: .max))
    }
}
