import Core
import MetaStore
import Synchronization
import Testing

/// A shard engine and the reference engine that get the same operations in the same order.
final class EngineComparison {
    var configuration: ShardEngineConfiguration
    let clock = ManualClock()
    let memory: MemoryEngine
    let io: any FileIO
    private(set) var engine: ShardEngine
    var directories: [UInt64] = [InodeID.root.rawValue, InodeID(sequence: 3, shard: VirtualShard(7)).rawValue]

    init(_ configuration: ShardEngineConfiguration, io: any FileIO = SystemFileIO()) throws {
        var configuration = configuration
        configuration.format = .init(clusterID: "CID-test", poolID: "BP-test")
        self.configuration = configuration
        self.io = io
        memory = try MemoryEngine(clock: clock)
        engine = try ShardEngine.open(configuration, clock: clock, io: io)
    }

    func restart() throws {
        try engine.close()
        engine = try ShardEngine.open(configuration, clock: clock, io: io)
        memory.skipIDs(to: engine.recoveredIDs)
    }

    /// Runs operations with some in flight at once; the reference gets them in the order in which they were answered.
    func run(_ operations: [ToyOperation], inFlight: Int, comment: String, retries: [RetryKey?]? = nil) throws {
        let answers = Mutex<[(Int, String)]>([])
        let lock = ConditionLock()
        nonisolated(unsafe) var active = 0
        for (index, operation) in operations.enumerated() {
            lock.withLock {
                while active >= inFlight { lock.wait() }
                active += 1
            }
            engine.submit(operation, retry: retries?[index]) { result in
                answers.withLock { $0.append((index, describe(result))) }
                lock.withLock {
                    active -= 1
                    lock.broadcast()
                }
            }
        }
        lock.withLock { while active > 0 { lock.wait() } }
        for (index, answer) in answers.withLock({ $0 }) {
            let result = memory.run(operations[index], retry: retries?[index])
            if case .success(.done(let reply)) = result, let made = reply.directory { directories.append(made) }
            try #require(describe(result) == answer, "operation \(index) \(operations[index].action), \(comment)")
        }
    }

    /// Compares what readers see of some rows, and in the end all shard rows with the reference.
    func compareReads(_ generator: inout Generator, comment: String) throws {
        for _ in 0..<8 {
            let directory = directories[generator.below(directories.count)]
            let limit = 1 + generator.below(40)
            let after: [UInt8]? = generator.below(2) == 0 ? nil : Array("n\(generator.below(20))".utf8)
            let body: @Sendable (any MetadataView) throws(PlanInterrupt) -> [String] = { view throws(PlanInterrupt) in
                let rows = try view.scan(.dentry, directory, after: after, limit: limit)
                let back = try view.scan(.dentry, directory, before: after ?? [0xff], limit: limit)
                let single = try view.row(RowKey(.directory, directory))
                let attribute = try view.row(RowKey(.xattr, directory, Array("a1".utf8)))
                return [
                    "\(rows)", "\(back)", "\(try view.counter(directory))", "\(String(describing: single))",
                    "\(String(describing: attribute))",
                ]
            }
            let mine = try engine.readNow(body)
            let expected = try memory.readNow(body)
            try #require(
                mine.joined() == expected.joined(),
                "directory \(directory) after \(String(describing: after)) limit \(limit), \(comment)")
        }
    }

    func compareFiles(comment: String) throws {
        try engine.waitForShards()
        try Self.compareFiles(configuration, engine.identity.shardCount, memory, comment: comment)
    }

    static func compareFiles(
        _ configuration: ShardEngineConfiguration, _ shards: Int, _ memory: MemoryEngine, comment: String
    ) throws {
        var rows: [(key: RowKey, image: [UInt8])] = []
        for shard in 0..<shards {
            let inspector = try ShardInspector("\(configuration.directory)/shard-\(shard).db")
            for table in Table.allCases {
                try inspector.rows(table) { row in
                    #expect(row.isIntact, "\(comment)")
                    rows.append((row.key, row.image))
                    return true
                }
            }
        }
        let text = { (key: RowKey, image: [UInt8]) in "\(key.table.rawValue) \(key.id) \(key.sub) \(image)" }
        let expected = memory.dump()
        let wanted =
            expected.rows.map(text)
            + expected.counters.map { text(RowKey(.counter, $0.directory), $0.counter.encodedForTests) }
        let difference = Set(rows.map(text)).symmetricDifference(wanted)
        try #require(difference.isEmpty, "\(comment): \(difference.sorted().prefix(5))")
    }
}
