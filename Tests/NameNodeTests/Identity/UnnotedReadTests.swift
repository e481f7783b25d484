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

    @Test("stay with who told them while too many wait for the log, and are told again")
    func full() async throws {
        let lines = try await TracedRun.withTree { ns, caller in
            let token = try await TracedRun.open(ns, "/d/a", as: caller)
            try await ns.mkdirs("/d/x", as: caller)
            let (reads, run) = (ns.namenode.writer.reads, try #require(caller.run))
            var number: UInt64 = 1 << 20
            for path in ["/" + String(repeating: "x", count: 2000), "/"] {
                repeat {
                    number += 1
                } while reads.note(
                    NamespaceEvent(
                        .opened, inode: InodeID(number), parent: .root, path: path,
                        change: .content(length: 1, modifiedMs: 1, checksum: nil)), by: run
                ).isKept
            }
            let refused = await TracedRun.wereRead(ns, [token])
            #expect(throws: HFSError.self) { try refused.get() }
            if case .failure(let error) = refused { #expect(error.code == .retriable) }
            #expect(reads.droppedCount == 0)
            // That one asked for a record, which makes room.
            try await ns.settle()
            try await TracedRun.wereRead(ns, [token]).get()
            try await ns.mkdirs("/d/y", as: caller)
        }
        #expect(lines.last == "read /d/a, mkdir /d/y")
    }

    @Test("are only those of files whose metadata are damaged")
    func damaged() async throws {
        let lines = try await TracedRun.withTree { ns, caller in
            var tokens: [BlockAccessToken?] = []
            for name in ["c", "a", "b"] {
                if name == "c" { try await ns.write("/d/c") }
                tokens.append(try await TracedRun.open(ns, "/d/\(name)", as: caller))
            }
            try await ns.mkdirs("/d/x", as: caller)
            let inode = try #require(try await ns.stat("/d/a")).inode
            _ = try await ns.run(DamageLocator(caller: TestNamespace.root, inode: inode))
            try await TracedRun.wereRead(ns, tokens).get()
            #expect(ns.namenode.writer.reads.lateCount == 1)
            try await ns.mkdirs("/d/y", as: caller)
        }
        #expect(lines.last == "read /d/c, read /d/b, mkdir /d/y")
    }
}

/// Leaves a row that nobody can decode.
private struct DamageLocator: NamespaceOperation {
    var caller: Caller
    var inode: InodeID

    func plan(_ view: any MetadataView, _ inputs: inout PlanInputs) throws(PlanInterrupt) -> Planned<Answer> {
        var mutation = Mutation()
        mutation.put(Keys.locator(inode), [255])
        return Planned(mutation, Answer(.empty))
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
