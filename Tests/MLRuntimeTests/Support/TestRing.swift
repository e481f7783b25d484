import Core
import Glibc

@testable import MLRuntime

/// Rings of workers that are tasks of one process, over TCP on the loopback interface.
enum TestRing {
    /// Runs `body` for each rank at once; what each gave, by rank.
    static func run<R: Sendable>(_ count: Int, _ body: @escaping @Sendable (Ring) async throws -> R) async throws -> [R]
    {
        let listeners = try (0..<count).map { _ in try RingSocket.listen("127.0.0.1") }
        defer { close(listeners.map(\.descriptor)) }
        let deadlineMs = SystemClock().monotonicMs + 300_000
        return try await withThrowingTaskGroup(of: (Int, R).self) { group in
            for rank in 0..<count {
                group.addTask {
                    let ring = try await make(rank, listeners, deadlineMs)
                    return (rank, try await body(ring))
                }
            }
            var results: [Int: R] = [:]
            for try await (rank, result) in group { results[rank] = result }
            return (0..<count).compactMap { results[$0] }
        }
    }

    private static func make(
        _ rank: Int, _ listeners: [(descriptor: Int32, port: UInt16)], _ deadlineMs: Int64
    ) async throws -> Ring {
        let count = listeners.count
        guard count > 1 else { return Ring(rank: 0, count: 1, pipe: nil) }
        let listener = listeners[rank].descriptor
        let next = listeners[(rank + 1) % count].port
        let pipe = try await BlockingWork.run(name: "test-ring") { () throws(HFSError) in
            try RingHandshake.connect(
                listener, next: ("127.0.0.1", next), hello: Array("\(rank)".utf8),
                expected: Array("\((rank + count - 1) % count)".utf8), deadlineMs: deadlineMs)
        }
        return Ring(rank: rank, count: count, pipe: pipe)
    }

    static func send(_ descriptor: Int32, _ bytes: UnsafeRawBufferPointer) -> Int {
        Glibc.send(descriptor, bytes.baseAddress, bytes.count, 0)
    }

    static func close(_ descriptors: [Int32]) {
        for descriptor in descriptors { Glibc.close(descriptor) }
    }
}
