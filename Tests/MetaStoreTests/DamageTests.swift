import Core
import Foundation
import MetaStore
import Testing

@Suite struct DamageTests {
    let scratch = Scratch()
    let clock = ManualClock()

    func configuration() -> ShardEngineConfiguration {
        var configuration = ShardEngineConfiguration(directory: scratch.path)
        configuration.format = .init(clusterID: "CID-test", poolID: "BP-test")
        configuration.segmentBytes = 256 << 10
        return configuration
    }

    func open(_ change: (inout ShardEngineConfiguration) -> Void = { _ in }, io: any FileIO = SystemFileIO()) throws
        -> ShardEngine
    {
        var configuration = configuration()
        change(&configuration)
        return try ShardEngine.open(configuration, clock: clock, io: io)
    }

    func create(_ engine: ShardEngine, _ names: Range<Int>) {
        for name in names {
            _ = engine.run(ToyOperation(action: .create(InodeID.root.rawValue, "n\(name)", payload: 40)))
        }
    }

    /// Where each record lies in the only segment.
    func records() throws -> (path: String, offsets: [Int], end: Int) {
        let inspector = EditsInspector(directory: scratch.path + "/edits")
        let segment = try #require(try inspector.segments().first)
        var offsets: [Int] = []
        var end = 0
        try inspector.records(of: segment) { item in
            if case .record(_, let offset, let bytes) = item {
                offsets.append(offset)
                end = offset + bytes
            }
            return true
        }
        return (segment.path, offsets, end)
    }

    func flip(_ path: String, at offset: Int) throws {
        let handle = try #require(FileHandle(forUpdatingAtPath: path))
        try handle.seek(toOffset: UInt64(offset))
        let byte = try #require(try handle.read(upToCount: 1)?.first)
        try handle.seek(toOffset: UInt64(offset))
        try handle.write(contentsOf: Data([byte ^ 0x10]))
        try handle.close()
    }

    func code(_ body: () throws -> Void) -> HFSError.Code? {
        do { try body() } catch let error as HFSError { return error.code } catch {}
        return nil
    }

    @Test func `damage in the log that the shards still need is refused, a torn tail is cut`() throws {
        // Shards that never apply: the process "ends" with everything still only in the log.
        let io = FaultFileIO()
        let engine = try open(io: io)
        create(engine, 0..<20)
        try engine.close()
        for shard in 0..<4 { try rewindShard(shard) }
        let log = try records()
        #expect(log.offsets.count == 20)
        try flip(log.path, at: log.offsets[10] + 50)
        #expect(code { try open().close() } == .corruptMetadata)
        try flip(log.path, at: log.offsets[10] + 50)
        try flip(log.path, at: log.offsets[19] + 50)
        let cut = try open()
        #expect(cut.publishedLSN == LSN(19))
        create(cut, 100..<103)
        #expect(cut.publishedLSN == LSN(22))
        try cut.close()
        #expect(try open().publishedLSN == LSN(22))
    }

    /// Puts a shard back to its empty state, as if it had never applied anything.
    func rewindShard(_ index: Int) throws {
        let empty = Scratch()
        var configuration = configuration()
        configuration.directory = empty.path
        configuration.editsDirectories = [empty.path + "/edits"]
        try ShardEngine.open(configuration, clock: clock).close()
        let path = "\(scratch.path)/shard-\(index).db"
        try FileManager.default.removeItem(atPath: path)
        try FileManager.default.copyItem(atPath: "\(empty.path)/shard-\(index).db", toPath: path)
    }

    @Test func `a shard ahead of the log is refused`() throws {
        let engine = try open()
        create(engine, 0..<10)
        try engine.close()
        let log = try records()
        try flip(log.path, at: log.offsets[9] + 50)
        #expect(code { try open().close() } == .corruptMetadata)
    }

    @Test func `a missing segment, shard or VERSION is refused`() throws {
        let engine = try open()
        create(engine, 0..<10)
        try engine.close()
        let segment = try records().path
        for path in [segment, scratch.path + "/shard-2.db", scratch.path + "/VERSION"] {
            try FileManager.default.moveItem(atPath: path, toPath: path + ".away")
            #expect(code { try open().close() } == .corruptMetadata, "\(path)")
            try FileManager.default.moveItem(atPath: path + ".away", toPath: path)
        }
        try open().close()
    }

    @Test func `a second opener, another cluster, a newer layout and a damaged VERSION are refused`() throws {
        let engine = try open()
        #expect(code { try open().close() } == .lockHeld)
        try engine.close()
        #expect(code { try open { $0.expectedClusterID = "CID-other" }.close() } == .wrongCluster)
        let path = scratch.path + "/VERSION"
        let text = try String(contentsOfFile: path, encoding: .utf8)
        try text.replacingOccurrences(of: "layoutVersion=2", with: "layoutVersion=3").write(
            toFile: path, atomically: true, encoding: .utf8)
        #expect(code { try open().close() } == .incompatibleLayout)
        try text.replacingOccurrences(of: "epoch=1", with: "epoch=3").write(
            toFile: path, atomically: true, encoding: .utf8)
        #expect(code { try open().close() } == .corruptMetadata)
        try text.write(toFile: path, atomically: true, encoding: .utf8)
        try open().close()
        let empty = Scratch()
        var unformatted = ShardEngineConfiguration(directory: empty.path)
        unformatted.format = nil
        #expect(code { try ShardEngine.open(unformatted, clock: clock).close() } == .fileNotFound)
    }

    @Test func `a flipped bit in a shard row is an error for who reads it, not a wrong answer`() throws {
        let engine = try open { $0.shardCount = 1 }
        create(engine, 0..<3)
        try engine.close()
        let path = scratch.path + "/shard-0.db"
        let bytes = try Data(contentsOf: URL(fileURLWithPath: path))
        // An entry's name is followed by its image: an id of eight bytes and here 40 times the same byte.
        var payload: Range<Data.Index>?
        var from = bytes.startIndex
        while payload == nil, let found = bytes.range(of: Data(repeating: 40, count: 40), in: from..<bytes.endIndex) {
            let name = bytes[(found.lowerBound - 10)..<(found.lowerBound - 8)]
            if name == Data("n1".utf8) { payload = found }
            from = found.lowerBound + 1
        }
        try flip(path, at: try #require(payload).lowerBound + 5)
        let again = try open { $0.shardCount = 1 }
        let result = Result {
            try again.readNow { view throws(PlanInterrupt) in
                try view.row(RowKey(.dentry, InodeID.root.rawValue, Array("n1".utf8)))
            }
        }
        let other = try again.readNow { view throws(PlanInterrupt) in
            try view.row(RowKey(.dentry, InodeID.root.rawValue, Array("n2".utf8)))
        }
        #expect(other != nil)
        #expect(throws: HFSError.self) { _ = try result.get() }
        try again.close()
    }

    @Test func `a failed sync stops the log for good and tells the owner`() throws {
        let io = FaultFileIO()
        let told = Promise<HFSError>()
        let engine = try ShardEngine.open(configuration(), clock: clock, io: io) { told.fulfil($0) }
        create(engine, 0..<5)
        for call in 1...3 { io.plan(.fail(.io), atCall: io.callCount + call) }
        let lost = engine.run(ToyOperation(action: .mkdir(InodeID.root.rawValue, "lost")))
        #expect(describe(lost).hasPrefix("failed: io"))
        #expect(told.wait().code == .io)
        #expect(
            describe(engine.run(ToyOperation(action: .mkdir(InodeID.root.rawValue, "later")))).hasPrefix("failed: io"))
        #expect(
            try engine.readNow { view throws(PlanInterrupt) in try view.counter(InodeID.root.rawValue).children } == 5)
        do throws(HFSError) { try engine.close() } catch {}
        let again = try open()
        #expect(again.publishedLSN >= LSN(5))
        try again.close()
    }

    @Test func `a full disk refuses mutations, serves reads, and is forgotten when there is space again`() throws {
        let io = FaultFileIO()
        let engine = try open({ $0.segmentBytes = 16 << 10 }, io: io)
        create(engine, 0..<5)
        io.setFull(scratch.path + "/edits/prepared")
        var refused: String?
        for name in 5..<1000 where refused == nil {
            let answer = describe(
                engine.run(ToyOperation(action: .create(InodeID.root.rawValue, "n\(name)", payload: 60))))
            if answer.hasPrefix("failed") { refused = answer }
        }
        #expect(try #require(refused).hasPrefix("failed: noSpace"))
        let lsn = engine.publishedLSN
        #expect(
            try engine.readNow { view throws(PlanInterrupt) in
                UInt64(try view.counter(InodeID.root.rawValue).children)
            } == lsn.rawValue)
        #expect(describe(engine.run(ToyOperation(action: .count(InodeID.root.rawValue)))).hasPrefix("done"))
        io.setFull(nil)
        var answer = ""
        for _ in 0..<100 where !answer.hasPrefix("done") {
            usleep(20_000)
            answer = describe(engine.run(ToyOperation(action: .create(InodeID.root.rawValue, "after", payload: 1))))
        }
        #expect(answer.hasPrefix("done"))
        #expect(engine.publishedLSN == lsn.next)
        try engine.close()
        #expect(try open().publishedLSN == lsn.next)
    }

    @Test func `a retried call gets its first answer, also after a restart, until its time is over`() throws {
        let key = RetryKey(clientID: (0..<16).map { UInt8($0) }, callID: 7)
        let operation = ToyOperation(action: .mkdir(InodeID.root.rawValue, "once"))
        let engine = try open()
        let first = describe(engine.run(operation, retry: key))
        #expect(first.hasPrefix("done: made"))
        let replayed = "replayed: " + first.dropFirst("done: ".count)
        #expect(describe(engine.run(operation, retry: key)) == replayed)
        try engine.close()
        let again = try open()
        #expect(describe(again.run(operation, retry: key)) == replayed)
        #expect(
            describe(again.run(operation, retry: RetryKey(clientID: key.clientID, callID: 8))).hasPrefix(
                "failed: alreadyExists"))
        clock.advance(byMs: Limits.retryEntryLifetimeMs)
        #expect(describe(again.run(operation, retry: key)).hasPrefix("failed: alreadyExists"))
        try again.close()
        let third = try open()
        #expect(describe(third.run(operation, retry: key)).hasPrefix("failed: alreadyExists"))
        try third.close()
    }

    @Test func `segments that every shard has and no retry needs are removed`() throws {
        let engine = try open {
            $0.segmentBytes = 16 << 10
            $0.editsRetentionBytes = 0
            $0.checkpointPages = 1
        }
        for round in 0..<10 {
            create(engine, round * 50..<(round + 1) * 50)
            clock.advance(byMs: 2 * Limits.retryEntryLifetimeMs)
        }
        try engine.waitForShards()
        let inspector = EditsInspector(directory: scratch.path + "/edits")
        var count = Int.max
        for _ in 0..<100 where count > 4 {
            usleep(10_000)
            count = try inspector.segments().count
        }
        #expect(count <= 4)
        try engine.close()
        let again = try open { $0.segmentBytes = 16 << 10 }
        #expect(again.publishedLSN == LSN(500))
        try again.close()
    }

    @Test func `an id that was never handed out and a sub key where there is none are refused by both engines`() throws
    {
        struct Wild: MetaStore.Operation {
            var key: RowKey
            var origin: EditOrigin { EditOrigin(user: "toy") }
            func plan(_ view: any MetadataView, _ inputs: inout PlanInputs) throws(PlanInterrupt) -> Planned<ToyReply> {
                var mutation = Mutation()
                mutation.put(key, [1])
                return Planned(mutation, ToyReply(text: "wild"))
            }
        }
        let shard = try open()
        let engines: [any MetadataEngine] = [shard, try MemoryEngine(clock: clock)]
        for engine in engines {
            for key in [RowKey(.dentry, 1 << 40, [65]), RowKey(.block, 1 << 60), RowKey(.directory, 16385, [1])] {
                #expect(describe(engine.run(Wild(key: key))).hasPrefix("failed: invalidArgument"))
            }
            #expect(describe(engine.run(Wild(key: RowKey(.directory, 16385)))) == "done: wild")
        }
        try shard.close()
    }

    @Test func `memory stays near its bound while everything stays readable`() throws {
        let engine = try open {
            $0.cacheBytesMax = 50_000
            $0.applyLingerMs = 1
        }
        create(engine, 0..<3000)
        try engine.waitForShards()
        create(engine, 3000..<3010)
        #expect(engine.memoryBytes < 200_000)
        let total = try engine.readNow { view throws(PlanInterrupt) in
            var after: [UInt8]?
            var count = 0
            while true {
                let rows = try view.scan(.dentry, InodeID.root.rawValue, after: after, limit: 500)
                count += rows.count
                guard let last = rows.last else { return count }
                after = last.sub
            }
        }
        #expect(total == 3010)
        try engine.close()
    }
}
