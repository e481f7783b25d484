import Client
import Core
import Testing

@Suite("Reading from a cluster that fails by script", .timeLimit(.minutes(5)))
struct ReaderFaultTests {
    private static let content = FakeCluster.bytes(300_000)

    private func withFile(
        idleConnectionMs: Int64 = 3_000, _ body: (FakeCluster, FileReader) async throws -> Void
    ) async throws {
        try await FakeCluster.run(configure: { $0.idleConnectionMs = idleConnectionMs }) { (cluster) async throws in
            var blocks: [Block] = []
            for (number, start) in stride(from: 0, to: Self.content.count, by: 131_072).enumerated() {
                let bytes = Array(Self.content[start..<min(Self.content.count, start + 131_072)])
                cluster.blocks.write(bytes, at: 0, of: UInt64(number + 1))
                blocks.append(
                    Block(
                        poolID: "BP", id: BlockID(UInt64(number + 1)), generationStamp: GenerationStamp(1001),
                        length: UInt64(bytes.count)))
            }
            cluster.namenode.setBlocks(blocks)
            try await body(cluster, try await cluster.fs.open("/f"))
        }
    }

    @Test("Parts of any place and size, over block bounds too")
    func parts() async throws {
        try await withFile { (_, reader) async throws in
            for (offset, count) in [
                (0, 300_000), (1, 1), (511, 2), (131_071, 2), (1000, 250_000), (299_999, 10), (300_000, 1),
            ] {
                let expected = Array(Self.content[offset..<min(300_000, offset + count)])
                #expect(try await reader.read(at: UInt64(offset), count: count) == expected)
            }
        }
    }

    @Test("Reads one after another share a connection")
    func connectionKept() async throws {
        // A machine that is busy elsewhere may let more time pass between two reads than a connection is kept.
        try await withFile(idleConnectionMs: 120_000) { (cluster, reader) async throws in
            for _ in 0..<5 { _ = try await reader.read(at: 10, count: 100) }
            #expect(cluster.datanodes[0].seen.reads == 5)
            #expect(cluster.datanodes[0].seen.connections == 1)
        }
    }

    @Test("A corrupt replica is reported and another one read")
    func corrupt() async throws {
        try await withFile { (cluster, reader) async throws in
            cluster.datanodes[0].script(reads: [.corrupt])
            #expect(try await reader.read(at: 5, count: 100_000) == Array(Self.content[5..<100_005]))
            #expect(cluster.namenode.corruptReports == ["fake0"])
            #expect(cluster.datanodes[1].seen.reads == 1)
        }
    }

    @Test("When every replica is corrupt the read fails, never with wrong bytes")
    func allCorrupt() async throws {
        try await withFile { (cluster, reader) async throws in
            for datanode in cluster.datanodes { datanode.script(reads: Array(repeating: .corrupt, count: 50)) }
            let error = await #expect(throws: HFSError.self) { try await reader.read(at: 5, count: 100) }
            #expect(error?.code == .blockUnavailable)
            #expect(Set(cluster.namenode.corruptReports) == ["fake0", "fake1", "fake2"])
        }
    }

    @Test("A datanode that dies in the middle is left for another, and not asked again")
    func dies() async throws {
        try await withFile { (cluster, reader) async throws in
            cluster.datanodes[0].script(reads: [.closeEarly])
            var bytes: [UInt8] = []
            for try await chunk in reader.chunks() { bytes += chunk }
            #expect(bytes == Self.content)
            #expect(cluster.datanodes[0].seen.reads == 1)
            #expect(cluster.namenode.calls("getBlockLocations").count == 1)
        }
    }

    @Test("When all replicas fail the locations are asked for again")
    func refetch() async throws {
        try await withFile { (cluster, reader) async throws in
            for datanode in cluster.datanodes { datanode.script(reads: [.refuse]) }
            #expect(try await reader.read(at: 0, count: 10) == Array(Self.content[..<10]))
            #expect(cluster.namenode.calls("getBlockLocations").count == 2)
        }
    }

    @Test("A read that hangs ends with its task")
    func cancelled() async throws {
        try await withFile { (cluster, reader) async throws in
            cluster.datanodes[0].script(reads: [.hang])
            let task = Task { try await reader.read(at: 0, count: 10) }
            #expect(try await cluster.datanodes[0].isRead())
            task.cancel()
            let result = await task.result
            #expect(throws: HFSError.self) { try result.get() }
        }
    }

    @Test("Closing the reader ends its reads")
    func closed() async throws {
        try await withFile { (cluster, reader) async throws in
            cluster.datanodes[0].script(reads: [.hang])
            let task = Task { for try await _ in reader.chunks() {} }
            #expect(try await cluster.datanodes[0].isRead())
            await reader.close()
            let result = await task.result
            #expect(throws: HFSError.self) { try result.get() }
            await #expect(throws: HFSError.self) { try await reader.read(at: 0, count: 1) }
        }
    }
}
