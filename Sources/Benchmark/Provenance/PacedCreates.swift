import Core
import Glibc

/// Creates empty files at a fixed rate: two mutations each.
struct PacedCreates: Sendable {
    private static let depth = 16

    let target: Target
    let base: String
    let mutationsPerSecond: Int
    let seconds: Int

    /// Blocks; gives how many mutations a second were reached.
    func run() throws(HFSError) -> Double {
        let connection = try PipelinedConnection(target)
        var workload = CreateFile(directory: base, prefix: "f", clientName: "hfs-bench-\(getpid())")
        let files = mutationsPerSecond * seconds / 2
        let startNs = Stopwatch.nowNs
        let intervalNs = 2_000_000_000 / UInt64(mutationsPerSecond)
        var started: UInt64 = 0
        let result = try connection.run(&workload, operations: files, depth: Self.depth) {
            started += 1
            Self.wait(untilNs: startNs + started * intervalNs)
            return true
        }
        if let error = result.firstError { throw HFSError(.io, "A create failed: \(error)") }
        return Double(2 * files) / (Double(Stopwatch.nowNs - startNs) / 1e9)
    }

    private static func wait(untilNs: UInt64) {
        var time = timespec(tv_sec: Int(untilNs / 1_000_000_000), tv_nsec: Int(untilNs % 1_000_000_000))
        while clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &time, nil) == EINTR {}
    }
}
