import Client
import Core
import Glibc
import Testing

/// Datanodes that die under a transfer. Stops processes of the cluster for good: one a test.
@Suite(
    .serialized, .enabled(if: ClusterUnderTest.uri != nil && ClusterUnderTest.datanodePIDs.count >= 2),
    .timeLimit(.minutes(5)))
struct DatanodeLossTests {
    @Test("A put survives the loss of a datanode, and what it wrote is right")
    func put() async throws {
        var configuration = ClusterUnderTest.small
        configuration.blockSize = 64 << 20
        try await ClusterUnderTest.withDirectory(configuration) { (fs, directory) async throws in
            var random = SeededBytes(3)
            let piece = random.bytes(1 << 20)
            let writer = try await fs.create("\(directory)/f", CreateOptions(replication: 3))
            for number in 0..<100 {
                try await writer.write(piece)
                if number == 30 { kill(ClusterUnderTest.datanodePIDs[0], SIGKILL) }
            }
            try await writer.close()
            try await expectPieces(piece, 100, fs, "\(directory)/f")
        }
    }

    @Test(
        "A put whose bytes were seen gets a new datanode for the lost one",
        .enabled(if: ClusterUnderTest.datanodePIDs.count >= 5))
    func replaced() async throws {
        var configuration = ClusterUnderTest.small
        configuration.blockSize = 64 << 20
        configuration.replacesDatanodesBestEffort = false
        try await ClusterUnderTest.withDirectory(configuration) { (fs, directory) async throws in
            var random = SeededBytes(5)
            let piece = random.bytes(1 << 20)
            let path = "\(directory)/f"
            let writer = try await fs.create(path, CreateOptions(replication: 3))
            for number in 0..<40 {
                try await writer.write(piece)
                if number == 10 { try await writer.hflush() }
                if number == 20 {
                    let open = try await fs.blockLocations(of: path)
                    let nodes = (open.lastBlock ?? open.blocks[0]).locations.map(\.datanode.uuid)
                    #expect(nodes.count == 3)
                    kill(ClusterUnderTest.datanodePIDs[2], SIGKILL)
                }
            }
            try await writer.close()
            try await expectPieces(piece, 40, fs, path)
            #expect(try await ClusterUnderTest.hasCopies(3, of: path, fs))
        }
    }

    @Test("A get survives the loss of a datanode")
    func get() async throws {
        try await ClusterUnderTest.withDirectory { (fs, directory) async throws in
            var random = SeededBytes(4)
            let piece = random.bytes(1 << 20)
            let writer = try await fs.create("\(directory)/f", CreateOptions(replication: 2, blockSize: 64 << 20))
            for _ in 0..<100 { try await writer.write(piece) }
            try await writer.close()
            let reader = try await fs.open("\(directory)/f")
            var bytes = 0
            for try await chunk in reader.chunks() {
                if bytes == 20 << 20 { kill(ClusterUnderTest.datanodePIDs[1], SIGKILL) }
                #expect(chunk == piece)
                bytes += chunk.count
            }
            #expect(bytes == 100 << 20)
        }
    }

    private func expectPieces(_ piece: [UInt8], _ count: Int, _ fs: HFSFileSystem, _ path: String) async throws {
        let reader = try await fs.open(path)
        #expect(reader.length == UInt64(piece.count * count))
        for number in 0..<count {
            let bytes = try await reader.read(at: UInt64(number * piece.count), count: piece.count)
            #expect(bytes == piece, "piece \(number)")
        }
    }
}
