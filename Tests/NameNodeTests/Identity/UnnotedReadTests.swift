import Core
import MetaStore
import Synchronization
import Testing

@testable import NameNode

@Suite("Reads that cannot be noted")
struct UnnotedReadTests {
    @Test("stay with who told them while metadata cannot be read, and are told again")
    func unreadable() async throws {
        let engine = UnreadableEngine(try MemoryEngine(clock: ManualClock()))
        let opened = OpenedEngine(engine: engine, clusterID: "CID-test", poolID: "BP-test")
        try await TestNamespace.with(.opened(opened)) { ns in
            try await ns.mkdirs("/d", mode: 0o777)
            try await ns.write("/d/a")
            let caller = try await TracedRun.start(ns)
            let token = try await TracedRun.open(ns, "/d/a", as: caller)
            try await ns.mkdirs("/d/x", as: caller)
            engine.failure.withLock { $0 = HFSError(.io, "the disk is gone") }
            let refused = await TracedRun.wereRead(ns, [token])
            #expect(throws: HFSError.self) { try refused.get() }
            if case .failure(let error) = refused { #expect(error.code == .retriable) }
            #expect(ns.namenode.writer.reads.lateCount == 0 && ns.namenode.writer.reads.pendingBytes == 0)
            engine.failure.withLock { $0 = nil }
            try await TracedRun.wereRead(ns, [token]).get()
            #expect(ns.namenode.writer.reads.pendingBytes > 0)
        }
    }
}

/// Another engine, whose reads fail while a test says so.
private final class UnreadableEngine: MetadataEngine {
    let failure = Mutex<HFSError?>(nil)
    private let inner: any MetadataEngine

    init(_ inner: any MetadataEngine) { self.inner = inner }

    var feed: EventFeed { inner.feed }
    var publishedLSN: LSN { inner.publishedLSN }
    var health: EngineHealth { inner.health }

    func submit<O: Operation>(
        _ operation: O, retry: RetryKey?,
        completion: @escaping @Sendable (Result<Outcome<O.Reply>, HFSError>) -> Void
    ) {
        inner.submit(operation, retry: retry, completion: completion)
    }

    func readNow(_ body: (any MetadataView) -> Void) { inner.readNow(body) }

    func read<R: Sendable>(
        _ body: @escaping @Sendable (any MetadataView) throws(PlanInterrupt) -> R,
        completion: @escaping @Sendable (Result<R, HFSError>) -> Void
    ) {
        if let error = failure.withLock({ $0 }) { return completion(.failure(error)) }
        inner.read(body, completion: completion)
    }

    func close() throws(HFSError) { try inner.close() }
}
