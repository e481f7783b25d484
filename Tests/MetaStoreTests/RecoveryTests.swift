import Core
import MetaStore
import Testing

/// What a start may rely on, and what it must not stumble over.
@Suite struct RecoveryTests {
    let scratch = Scratch()
    let clock = ManualClock()

    func open(
        _ io: any FileIO = SystemFileIO(), _ change: (inout ShardEngineConfiguration) -> Void = { _ in }
    ) throws -> ShardEngine {
        var configuration = ShardEngineConfiguration(directory: scratch.path)
        configuration.format = .init(clusterID: "CID-test", poolID: "BP-test")
        configuration.shardCount = 1
        configuration.segmentBytes = 12 << 10
        configuration.applyLingerMs = 1
        change(&configuration)
        return try ShardEngine.open(configuration, clock: clock, io: io)
    }

    func create(_ engine: ShardEngine, _ name: Int) -> String {
        describe(engine.run(ToyOperation(action: .create(InodeID.root.rawValue, "n\(name)", payload: 60))))
    }

    func closeDead(_ engine: ShardEngine) {
        do throws(HFSError) { try engine.close() } catch {}
    }

    @Test(arguments: [0, 5])
    func `what a start found is there after a power loss, synced by the process before or not`(before: Int) throws {
        let io = HookedFileIO()
        let engine = try open(io)
        for name in 0..<before { #expect(create(engine, name).hasPrefix("done")) }
        io.kill(at: .sync, "/edits-")
        #expect(create(engine, 99).hasPrefix("failed: io"))
        closeDead(engine)
        let second = FaultFileIO(after: io.base)
        let again = try open(second)
        #expect(again.publishedLSN == LSN(UInt64(before + 1)))
        try again.close()
        try second.losePower { _, _ in false }
        let third = try open()
        #expect(third.publishedLSN == LSN(UInt64(before + 1)))
        #expect(create(third, 100).hasPrefix("done"))
        try third.close()
    }

    @Test(arguments: [HookedFileIO.Event.renamed, .sync])
    func `a process that ends while it begins a segment starts again, also when the shards had everything`(
        _ event: HookedFileIO.Event
    ) throws {
        let io = HookedFileIO()
        let engine = try open(io)
        var acknowledged: UInt64 = 0
        while true {
            // Everything before the roll is in the shard; the roll itself ends the process.
            if acknowledged == 5 {
                io.set { [base = io.base] happened, path throws(HFSError) in
                    guard path.contains("/edits-"), !path.hasSuffix("0001"), happened == event else { return }
                    base.kill()
                    throw HFSError(.io, "the process is killed", subject: path)
                }
            }
            guard create(engine, Int(acknowledged)).hasPrefix("done") else { break }
            acknowledged += 1
            try engine.waitForShards()
            try #require(acknowledged < 1000)
        }
        closeDead(engine)
        try io.base.losePower { _, _ in false }
        let again = try open()
        #expect(again.publishedLSN == LSN(acknowledged))
        #expect(create(again, 1000).hasPrefix("done"))
        try again.close()
    }
}
