import Core
import Foundation
import MetaStore
import Testing

/// What the engine tells of itself, in figures and in its health.
@Suite struct EngineMetricsTests {
    let scratch = Scratch()
    let clock = ManualClock()
    let metrics = MetricsRegistry()

    func open(
        _ io: any FileIO = SystemFileIO(), _ change: (inout ShardEngineConfiguration) -> Void = { _ in }
    ) throws -> ShardEngine {
        var configuration = ShardEngineConfiguration(directory: scratch.path)
        configuration.format = .init(clusterID: "CID-test", poolID: "BP-test")
        configuration.shardCount = 2
        configuration.segmentBytes = 12 << 10
        change(&configuration)
        return try ShardEngine.open(configuration, clock: clock, io: io, metrics: metrics)
    }

    func create(_ engine: ShardEngine, _ name: String, payload: Int = 1, call: Int32? = nil) -> String {
        let operation = ToyOperation(action: .create(InodeID.root.rawValue, name, payload: payload))
        return describe(
            engine.run(
                operation, retry: call.map { RetryKey(clientID: [UInt8](repeating: 1, count: 16), callID: $0) }))
    }

    /// The figure behind a name and its labels, as the metrics page has it.
    func figure(_ name: String) throws -> Int {
        let lines = metrics.prometheusText().split(separator: "\n")
        let line = try #require(lines.first { $0.hasPrefix("hfs_metastore_\(name) ") }, "\(name)")
        return try #require(Int(line.split(separator: " ")[1]))
    }

    @Test func `batches, segments, cold rows and kept answers are counted`() throws {
        let engine = try open { $0.cacheBytesMax = 0 }
        for number in 0..<20 {
            #expect(create(engine, "n\(number)", payload: 1000, call: Int32(number)).hasPrefix("done"))
        }
        try engine.waitForShards()
        // Everything is in the shards: the next change lets it go from memory.
        #expect(create(engine, "last").hasPrefix("done"))
        _ = try engine.readNow { view throws(PlanInterrupt) in try view.counter(InodeID.root.rawValue) }
        #expect(try figure("batch_operations_sum") == 21)
        #expect(try figure("batch_operations_count") == figure("log_sync_microseconds_count"))
        #expect(try figure("batch_bytes_sum") > 20_000)
        #expect(try figure("retry_entries") == 20)
        #expect(try figure("edits_segments") >= 2)
        #expect(try figure("edits_bytes") == figure("edits_segments") * (12 << 10))
        #expect(try figure("evicted_rows_total") > 0)
        #expect(try figure("cache_limit_bytes") == 0)
        #expect(try figure("shard_wal_bytes{shard=\"0\"}") + figure("shard_wal_bytes{shard=\"1\"}") > 0)
        #expect(try figure("queued_operations") == 0 && figure("waiting_operations") == 0)
        #expect(engine.health.isGood)
        try engine.close()
        let again = try open()
        let before = (try figure("cold_reads_total"), try figure("deferred_operations_total"))
        _ = try again.readNow { view throws(PlanInterrupt) in try view.counter(InodeID.root.rawValue) }
        #expect(try figure("cold_reads_total") == before.0 + 1)
        #expect(create(again, "n3").hasPrefix("done"))
        #expect(try figure("deferred_operations_total") > before.1)
        try again.close()
    }

    @Test func `shards that do not follow are seen in lag and age, and a closed gate in the health`() throws {
        let engine = try open {
            $0.lagMax = 3
            $0.applyLingerMs = 600_000
        }
        #expect(create(engine, "a").hasPrefix("done"))
        clock.advance(byMs: 700)
        #expect(create(engine, "b").hasPrefix("done"))
        #expect(try figure("shard_lag_edits{shard=\"0\"}") == 2)
        #expect(try figure("shard_lag_milliseconds{shard=\"0\"}") == 700)
        #expect(engine.health.isGood && engine.health.lagEdits == 2)
        #expect(create(engine, "c").hasPrefix("done"))
        #expect(engine.health.isLagGateClosed && !engine.health.isGood)
        #expect(try figure("lag_gate_closed_bool") == 1)
        #expect(create(engine, "d").hasPrefix("failed: retriable"))
        try engine.close()
    }

    @Test func `a log without room for its next segment and one that failed are told`() throws {
        let io = HookedFileIO()
        let engine = try open(io)
        io.base.setFull(scratch.path + "/edits/prepared-")
        var answers: [String] = []
        for number in 0..<20 where answers.last?.hasPrefix("failed") != true {
            answers.append(create(engine, "n\(number)", payload: 2000))
        }
        #expect(answers.last?.hasPrefix("failed: noSpace") == true)
        #expect(engine.health.problems.contains { $0.contains("edits log") } && !engine.health.isGood)
        #expect(engine.health.failure == nil)
        io.base.setFull(nil)
        io.kill(at: .sync, "/edits-")
        while create(engine, "more", payload: 2000).hasPrefix("failed: noSpace") {}
        do throws(HFSError) { try engine.close() } catch {}
        #expect(engine.health.failure != nil)
        #expect(try figure("failed_bool") == 1)
    }
}
