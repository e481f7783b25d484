import Client
import Core
import Glibc

/// Where the workers of one generation find one another: a directory in which each leaves the address at which it listens already. A
/// generation has a directory of its own.
struct Rendezvous: Sendable {
    /// What a worker leaves: `rank-3`.
    private struct Notice: Codable {
        var host: String
        var port: UInt16
        /// Shown by who connects: only who can read this directory belongs to the group.
        var secret: String
    }

    private let directory: String
    private let fileSystem: HFSFileSystem
    private let rank: Int
    private let count: Int
    private let host: String

    /// How long workers wait for one another.
    private static let waitMs: Int64 = 300_000
    private static let lookMs: UInt32 = 5_000

    /// - Parameter host: the address by which the others reach this host.
    init(_ directory: String, rank: Int, count: Int, host: String, on fileSystem: HFSFileSystem) {
        self.directory = directory
        self.rank = rank
        self.count = count
        self.host = host
        self.fileSystem = fileSystem
    }

    /// Joins the group. `.timedOut` names the ranks that have not come.
    func join() async throws(HFSError) -> Ring {
        guard count > 1 else { return Ring(rank: rank, count: count, pipe: nil) }
        let deadlineMs = SystemClock().monotonicMs + Self.waitMs
        let (listener, port) = try RingSocket.listen(host)
        defer { close(listener) }
        let own = Notice(host: host, port: port, secret: Self.secret())
        var cursor = try await fileSystem.readEvents(from: .end).nextLSN
        try await fileSystem.write(
            try CanonicalJSON.bytes(own), to: "\(directory)/rank-\(rank)", CreateOptions(mode: FileMode(0o600)))
        while true {
            let missing = try await missing()
            if missing.isEmpty { break }
            guard SystemClock().monotonicMs < deadlineMs else {
                throw HFSError(
                    .timedOut, "Of \(count) workers these have not come: ranks \(missing)", subject: directory)
            }
            cursor =
                try await fileSystem.readEvents(
                    from: .lsn(cursor), EventQuery(path: directory), waitMs: Self.lookMs
                ).nextLSN
        }
        let bytes = try await fileSystem.contents(of: "\(directory)/rank-\((rank + 1) % count)")
        let next = try CanonicalJSON.value(Notice.self, from: bytes)
        let hello = try hello(to: next)
        let expected = "\(own.secret)-\((rank + count - 1) % count)"
        let pipe = try await BlockingWork.run(name: "hfs-ring") { () throws(HFSError) in
            try RingHandshake.connect(
                listener, next: (next.host, next.port), hello: hello, expected: Array(expected.utf8),
                deadlineMs: deadlineMs)
        }
        return Ring(rank: rank, count: count, pipe: pipe)
    }

    private func hello(to next: Notice) throws(HFSError) -> [UInt8] {
        guard next.secret.utf8.count == Self.secret().utf8.count else {
            throw HFSError(.corruptMetadata, "No worker has left this address", subject: directory)
        }
        return Array("\(next.secret)-\(rank)".utf8)
    }

    private func missing() async throws(HFSError) -> [Int] {
        var missing = Set(0..<count)
        for try await entry in fileSystem.list(directory) {
            let name = String(decoding: entry.name, as: UTF8.self)
            // One that is being written has no length yet.
            if name.hasPrefix("rank-"), entry.length > 0, let rank = Int(name.dropFirst(5)) { missing.remove(rank) }
        }
        return missing.sorted()
    }

    private static func secret() -> String {
        var generator = SystemRandomNumberGenerator()
        return (0..<4).map { _ in Fingerprint.text(UInt32.random(in: 0...UInt32.max, using: &generator)) }.joined()
    }
}
