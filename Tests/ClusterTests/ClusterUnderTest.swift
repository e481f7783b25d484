import Client
import Core
import Glibc

/// The cluster that the tests run against, named by the environment: any HDFS will do.
///
/// `HFS_TEST_URI` is its address; `HFS_TEST_DATANODE_PIDS` lists processes of datanodes that a test may stop and kill.
enum ClusterUnderTest {
    static var uri: String? { variable("HFS_TEST_URI") }

    static var datanodePIDs: [pid_t] {
        (variable("HFS_TEST_DATANODE_PIDS") ?? "").split(separator: ",").compactMap { pid_t($0) }
    }

    private static func variable(_ name: String) -> String? {
        guard let value = getenv(name) else { return nil }
        return String(cString: value)
    }

    /// Runs `body` with a client and a directory of its own, which is removed afterwards.
    static func withDirectory(
        _ configuration: ClientConfiguration = small, _ body: (HFSFileSystem, String) async throws -> Void
    ) async throws {
        let fs = try await HFSFileSystem.connect(uri ?? "", configuration: configuration)
        let directory = "/tmp/cluster-tests-\(getpid())-\(UInt32.random(in: 0...UInt32.max))"
        try await fs.makeDirectory(directory)
        do {
            try await body(fs, directory)
        } catch {
            _ = try? await fs.delete(directory, recursive: true)
            await fs.close()
            throw error
        }
        try await fs.delete(directory, recursive: true)
        await fs.close()
    }

    /// Waits, at most half a minute, until each block of a file has `copies` reported replicas; answers whether it came to
    /// that. `close` promises the first replica's report only, and HDFS tells nobody of the others: so it is asked again.
    static func hasCopies(_ copies: Int, of path: String, _ fs: HFSFileSystem) async throws -> Bool {
        let deadlineMs = SystemClock().monotonicMs + 30_000
        while true {
            let blocks = try await fs.blockLocations(of: path).blocks
            if !blocks.isEmpty, blocks.allSatisfy({ $0.locations.count == copies }) { return true }
            if SystemClock().monotonicMs >= deadlineMs { return false }
            try await Task.sleep(for: .milliseconds(50))
        }
    }

    /// Small blocks, so that files have several.
    static var small: ClientConfiguration {
        var configuration = ClientConfiguration()
        configuration.blockSize = 1 << 20
        configuration.operationDeadlineMs = 60_000
        return configuration
    }
}

/// Bytes that a seed determines.
struct SeededBytes {
    private var state: UInt64

    init(_ seed: UInt64) { state = seed &* 0x9E37_79B9_7F4A_7C15 | 1 }

    mutating func next() -> UInt64 {
        state ^= state << 13
        state ^= state >> 7
        state ^= state << 17
        return state
    }

    mutating func bytes(_ count: Int) -> [UInt8] {
        [UInt8](unsafeUninitializedCapacity: count) { memory, initialized in
            var index = 0
            while index < count {
                var word = next()
                for _ in 0..<min(8, count - index) {
                    memory[index] = UInt8(truncatingIfNeeded: word)
                    word >>= 8
                    index += 1
                }
            }
            initialized = count
        }
    }

    mutating func below(_ bound: Int) -> Int { Int(next() % UInt64(bound)) }
}
