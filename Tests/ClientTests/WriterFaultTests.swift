import Client
import Core
import Testing
import WireProtocol

@Suite("Writing against a cluster that fails by script", .timeLimit(.minutes(5)))
struct WriterFaultTests {
    private func write(
        _ cluster: FakeCluster, _ bytes: [UInt8], flushAt: Int? = nil, blockSize: UInt64? = nil
    ) async throws {
        let writer = try await cluster.fs.create("/f", CreateOptions(blockSize: blockSize))
        var offset = 0
        while offset < bytes.count {
            let end = min(bytes.count, offset + 50_000)
            try await writer.write(Array(bytes[offset..<end]))
            if let flushAt, offset < flushAt, end >= flushAt { try await writer.hflush() }
            offset = end
        }
        try await writer.close()
        #expect(cluster.content == bytes)
        #expect(!cluster.namenode.isOpen)
    }

    @Test("Nothing fails", arguments: [0, 1, 600, 64_512, 1 << 20, 2_500_000])
    func fine(size: Int) async throws {
        try await FakeCluster.run { (cluster) async throws in
            try await write(cluster, FakeCluster.bytes(size))
            #expect(cluster.namenode.blocks.count == (size + (1 << 20) - 1) / (1 << 20))
        }
    }

    @Test("Bytes that the namenode was said to keep and does not go to datanodes", arguments: [1, 1000, 1001, 200_000])
    func notKept(size: Int) async throws {
        try await FakeCluster.run(inlineBytesMax: 1000) { (cluster) async throws in
            try await write(cluster, FakeCluster.bytes(size))
            #expect(cluster.namenode.blocks.count == 1)
        }
    }

    @Test("Bytes that are held back are seen by readers once they are flushed")
    func heldBackUntilFlushed() async throws {
        try await FakeCluster.run(inlineBytesMax: 1000) { (cluster) async throws in
            let writer = try await cluster.fs.create("/f")
            try await writer.write([1, 2, 3])
            #expect(cluster.namenode.blocks.isEmpty && writer.position == 3)
            try await writer.hflush()
            #expect(cluster.namenode.blocks.count == 1)
            try await writer.write([4])
            #expect(writer.position == 4)
            try await writer.close()
            #expect(cluster.content == [1, 2, 3, 4])
        }
    }

    @Test("A node that the first one cannot reach is excluded from the next try")
    func badLink() async throws {
        try await FakeCluster.run(datanodes: 4) { (cluster) async throws in
            cluster.datanodes[0].script(writes: [.refuse(cluster.datanodes[2].descriptor.transferAddress)])
            try await write(cluster, FakeCluster.bytes(100_000))
            #expect(cluster.namenode.excluded == [[], ["fake2"]])
            #expect(cluster.namenode.calls("abandonBlock").count == 1)
        }
    }

    @Test("A first node that closes at the set-up, or is not there, is excluded")
    func noFirst() async throws {
        try await FakeCluster.run(datanodes: 4) { (cluster) async throws in
            cluster.datanodes[0].script(writes: [.closeAtSetUp])
            cluster.datanodes[1].stop()
            try await write(cluster, FakeCluster.bytes(100_000))
            #expect(cluster.namenode.excluded == [[], ["fake0"], ["fake0", "fake1"]])
        }
    }

    @Test("When no node takes a block the writer says so")
    func noneTakes() async throws {
        try await FakeCluster.run { (cluster) async throws in
            for datanode in cluster.datanodes { datanode.stop() }
            let writer = try await cluster.fs.create("/f")
            try await writer.write([1])
            let error = await #expect(throws: HFSError.self) { try await writer.close() }
            #expect(error?.code == .noDatanodes || error?.code == .connectionFailed)
            await #expect(throws: HFSError.self) { try await writer.write([1]) }
        }
    }

    @Test("A pipeline that breaks in the stream is rebuilt", arguments: [0, 1, 2])
    func rebuilt(node: Int) async throws {
        try await FakeCluster.run { (cluster) async throws in
            cluster.datanodes[0].script(writes: [node == 0 ? .close(packet: 20) : .failAck(packet: 20, node: node)])
            try await write(cluster, FakeCluster.bytes(3_000_000), blockSize: 4 << 20)
            let left = ["fake0", "fake1", "fake2"].enumerated().filter { $0.offset != node }.map(\.element)
            #expect(cluster.namenode.pipelines == [left])
            #expect(cluster.namenode.blocks.map(\.generationStamp) == [GenerationStamp(1002)])
        }
    }

    @Test("Bytes that readers saw get a new node in the place of one that fails, with a copy made before")
    func replaced() async throws {
        try await FakeCluster.run(datanodes: 4) { (cluster) async throws in
            cluster.datanodes[0].script(writes: [.failAck(packet: 30, node: 2)])
            try await write(cluster, FakeCluster.bytes(3_000_000), flushAt: 500_000, blockSize: 4 << 20)
            #expect(cluster.namenode.pipelines == [["fake0", "fake1", "fake3"]])
            #expect(cluster.datanodes[1].seen.transfers == 1)
            #expect(cluster.namenode.fsyncs == [-1])
        }
    }

    @Test("A small file whose pipeline dies after its end was sent is written anew")
    func anew() async throws {
        try await FakeCluster.run(datanodes: 4) { (cluster) async throws in
            cluster.datanodes[0].script(writes: [.close(packet: 1)])
            try await write(cluster, FakeCluster.bytes(1000))
            #expect(cluster.namenode.excluded == [[], ["fake0"]])
            #expect(cluster.namenode.pipelines.isEmpty)
        }
    }

    @Test("A large block whose end is lost is closed by a recovery that sends nothing")
    func endLost() async throws {
        try await FakeCluster.run { (cluster) async throws in
            // 47 packets of data, then the end.
            cluster.datanodes[0].script(writes: [.failAck(packet: 47, node: 1)])
            let bytes = FakeCluster.bytes(3_000_000)
            try await write(cluster, bytes, blockSize: 4 << 20)
            #expect(cluster.datanodes[0].seen.writes.map(\.stage) == [.pipelineSetupCreate, .pipelineCloseRecovery])
            #expect(cluster.datanodes[0].seen.writes.last?.minBytesRcvd == UInt64(bytes.count))
        }
    }

    @Test("The namenode's delays and refusals on the way are ridden out")
    func namenodeDelays() async throws {
        try await FakeCluster.run { (cluster) async throws in
            cluster.namenode.refuse("addBlock", [.notReplicatedYet, .notReplicatedYet])
            cluster.namenode.refuse("create", [.retriable, .standby])
            cluster.namenode.answerIncomplete(3)
            try await write(cluster, FakeCluster.bytes(1000))
            #expect(cluster.namenode.calls("complete").count == 4)
            let creates = cluster.namenode.calls("create")
            #expect(creates.map(\.retryCount) == [0, 1, 2])
            #expect(Set(creates.map(\.callID)).count == 1)
        }
    }

    @Test("A lost lease ends the writer with that error")
    func leaseLost() async throws {
        try await FakeCluster.run { (cluster) async throws in
            cluster.namenode.refuse("addBlock", [nil, .leaseExpired])
            let writer = try await cluster.fs.create("/f")
            let error = await #expect(throws: HFSError.self) {
                try await writer.write(FakeCluster.bytes(3_000_000))
                try await writer.close()
            }
            #expect(error?.code == .leaseExpired)
            let again = await #expect(throws: HFSError.self) { try await writer.hflush() }
            #expect(again?.code == .leaseExpired)
        }
    }

    @Test("hsync asks every packet's node for a sync and tells the namenode the length")
    func synced() async throws {
        try await FakeCluster.run { (cluster) async throws in
            let writer = try await cluster.fs.create("/f")
            try await writer.write(FakeCluster.bytes(700))
            try await writer.hsync()
            try await writer.hsync()
            #expect(cluster.namenode.fsyncs == [700, 700])
            #expect(cluster.datanodes[0].seen.syncs == 2)
            try await writer.write(FakeCluster.bytes(1))
            try await writer.close()
            #expect(cluster.content == FakeCluster.bytes(700) + FakeCluster.bytes(1))
        }
    }

    @Test("A file more than there are threads for is refused, and there is room again when another is closed")
    func threadsRunOut() async throws {
        try await FakeCluster.run(configure: { $0.transferThreadsMax = 4 }) { (cluster) async throws in
            func open(_ path: String) async throws -> FileWriter {
                let writer = try await cluster.fs.create(path)
                try await writer.write([1])
                try await writer.hflush()
                return writer
            }
            let first = try await open("/a")
            let second = try await open("/b")
            let error = await #expect(throws: HFSError.self) { _ = try await open("/c") }
            #expect(error?.code == .retriable)
            try await first.close()
            let third = try await open("/d")
            try await second.close()
            await third.abort()
            let last = [try await open("/e"), try await open("/f")]
            for writer in last { try await writer.close() }
        }
    }

    @Test("An idle pipeline is kept alive by heartbeats")
    func heartbeats() async throws {
        try await FakeCluster.run(configure: { $0.heartbeatIntervalMs = 20 }) { (cluster) async throws in
            let writer = try await cluster.fs.create("/f")
            try await writer.write(FakeCluster.bytes(100))
            try await writer.hflush()
            for _ in 0..<500 where cluster.datanodes[0].seen.heartbeats < 3 {
                try await Task.sleep(for: .milliseconds(10))
            }
            #expect(cluster.datanodes[0].seen.heartbeats >= 3)
            try await writer.close()
            #expect(cluster.content == FakeCluster.bytes(100))
        }
    }
}
