import Client
import Core
import MLRuntime

/// What a job's programs write, as it comes into the filesystem.
struct JobFollower {
    /// One worker's output: how far it was shown.
    private struct Log {
        var position: UInt64 = 0
        /// The beginning of a line whose end has not come, where lines get a prefix.
        var rest: [UInt8] = []
    }

    private let session: Session
    private let paths: JobPaths
    private let output: LocalFile
    private let ranks: [Int]
    private let hasPrefixes: Bool
    private var attempt: Int
    private var logs: [Int: Log] = [:]

    init(_ session: Session, _ status: JobStatus, output: LocalFile, ranks: [Int]) {
        self.session = session
        paths = status.paths
        attempt = status.claim.attempt
        self.output = output
        self.ranks = ranks
        hasPrefixes = ranks.count > 1
    }

    /// Shows what is written until the job has ended; how it has. `tell` hears how the job stands at each look.
    mutating func follow(_ tell: (JobStatus) throws -> Void) async throws -> JobStatus {
        while true {
            let status = try await JobStore.status(paths, on: session.fileSystem)
            try tell(status)
            while attempt < status.claim.attempt {
                // What came after the last look, and attempts that were over before this one.
                try await copy(attempt: attempt, isLast: false)
                try await finish()
                (attempt, logs) = (attempt + 1, [:])
            }
            try await copy(attempt: status.claim.attempt, isLast: true)
            if status.claim.state == .ended {
                try await finish()
                return status
            }
            try await Pause.beforeAskingAgain()
        }
    }

    /// Shows what is new of an attempt.
    mutating func copy(attempt: Int, isLast: Bool) async throws {
        if attempt != self.attempt { (self.attempt, logs) = (attempt, [:]) }
        for rank in ranks {
            for place in paths.places(attempt: attempt, isLast: isLast, rank: rank)
            where try await copy("\(place)/output.log", rank) { break }
        }
    }

    /// Shows lines that never ended.
    mutating func finish() async throws {
        for (rank, log) in logs.sorted(by: { $0.key < $1.key }) where !log.rest.isEmpty {
            try await output.write(prefix(rank) + log.rest + [10])
            logs[rank]?.rest = []
        }
    }

    /// False when there is no such file: nothing was written yet, or it lies elsewhere.
    private mutating func copy(_ path: String, _ rank: Int) async throws -> Bool {
        let reader: FileReader
        do throws(HFSError) {
            reader = try await session.fileSystem.open(path)
        } catch {
            guard error.code == .fileNotFound else { throw error }
            return false
        }
        var log = logs[rank] ?? Log()
        do {
            if reader.length > log.position {
                for try await chunk in reader.chunks(from: log.position) {
                    log.position += UInt64(chunk.count)
                    try await write(chunk, rank, &log.rest)
                }
            }
        } catch {
            await reader.close()
            throw error
        }
        await reader.close()
        logs[rank] = log
        return true
    }

    private func write(_ bytes: [UInt8], _ rank: Int, _ rest: inout [UInt8]) async throws {
        guard hasPrefixes else { return try await output.write(bytes) }
        rest += bytes
        guard let end = rest.lastIndex(of: 10) else { return }
        var lines: [UInt8] = []
        for line in rest[..<end].split(separator: 10, omittingEmptySubsequences: false) {
            lines += prefix(rank) + line + [10]
        }
        rest.removeSubrange(...end)
        try await output.write(lines)
    }

    private func prefix(_ rank: Int) -> [UInt8] { hasPrefixes ? Array("[\(rank)] ".utf8) : [] }
}
