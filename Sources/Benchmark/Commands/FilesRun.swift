import Client
import Core

/// File data through the Swift client: small files many at a time, then one large file.
struct FilesRun: Sendable {
    let fileSystem: HFSFileSystem
    let cpu: ProcessCPU
    let smallFiles: Int
    let smallBytes: Int
    let inFlight: Int
    let largeMebibytes: Int
    let replication: Int
    let allowsInline: Bool
    let writesAtOnce: Bool
    let base: String

    func run() async throws -> [Measurement] {
        try await fileSystem.makeDirectory(base, mode: .directoryDefault, createsParents: true)
        var results: [Measurement] = []
        if smallFiles > 0 {
            results.append(try await small("write \(smallBytes)") { try await write(number: $0) })
            results.append(try await small("read \(smallBytes)") { try await read(number: $0) })
        }
        if largeMebibytes > 0 {
            results.append(try await large("put", putLarge))
            results.append(try await large("get", getLarge))
        }
        _ = try await fileSystem.delete(base, recursive: true)
        return results
    }

    private func write(number: Int) async throws(HFSError) {
        let options = CreateOptions(overwrites: true, replication: replication, allowsInline: allowsInline)
        let bytes = [UInt8](repeating: UInt8(truncatingIfNeeded: number), count: smallBytes)
        guard !writesAtOnce else { return try await fileSystem.write(bytes, to: "\(base)/k\(number)", options) }
        let writer = try await fileSystem.create("\(base)/k\(number)", options)
        try await writer.write(bytes)
        try await writer.close()
    }

    private func read(number: Int) async throws(HFSError) {
        let reader = try await fileSystem.open("\(base)/k\(number)")
        let bytes = try await reader.read(at: 0, count: smallBytes)
        await reader.close()
        guard bytes.count == smallBytes, bytes.allSatisfy({ $0 == UInt8(truncatingIfNeeded: number) }) else {
            throw HFSError(.checksumMismatch, "a file came back with other bytes", subject: "\(base)/k\(number)")
        }
    }

    private func putLarge() async throws(HFSError) {
        var random = SplitMix64(1)
        let piece = (0..<(1 << 20)).map { _ in UInt8(truncatingIfNeeded: random.next()) }
        let writer = try await fileSystem.create(
            "\(base)/large", CreateOptions(overwrites: true, replication: replication))
        for _ in 0..<largeMebibytes { try await writer.write(piece) }
        try await writer.close()
    }

    private func getLarge() async throws(HFSError) {
        let reader = try await fileSystem.open("\(base)/large")
        var count = 0
        for try await chunk in reader.chunks() { count += chunk.count }
        await reader.close()
        guard count == largeMebibytes << 20 else {
            throw HFSError(
                .checksumMismatch, "read \(count) bytes of \(largeMebibytes << 20)", subject: "\(base)/large")
        }
    }

    private func small(
        _ name: String, _ body: @escaping @Sendable (Int) async throws -> Void
    ) async throws -> Measurement {
        let before = Snapshot(cpu)
        let histogram = try await withThrowingTaskGroup(of: LatencyHistogram.self) { group in
            for lane in 0..<inFlight {
                group.addTask {
                    var histogram = LatencyHistogram()
                    for number in stride(from: lane, to: smallFiles, by: inFlight) {
                        let start = Stopwatch.nowNs
                        try await body(number)
                        histogram.record(Stopwatch.nowNs - start)
                    }
                    return histogram
                }
            }
            var total = LatencyHistogram()
            for try await one in group { total.add(one) }
            return total
        }
        return before.measurement(name, cpu, histogram, operations: smallFiles, mebibytes: nil)
    }

    private func large(_ name: String, _ body: () async throws -> Void) async throws -> Measurement {
        let before = Snapshot(cpu)
        try await body()
        return before.measurement(name, cpu, LatencyHistogram(), operations: 1, mebibytes: largeMebibytes)
    }
}
