import Core
import MetaStore
import Testing

@testable import NameNode

/// A run that reads, and what the log says of it.
enum TracedRun {
    static let alice = TestNamespace.user("alice")

    /// Starts a run of alice; the caller in its name.
    static func start(_ ns: TestNamespace) async throws -> Caller {
        let body = try await ns.run(
            StartRun(caller: alice, issuer: try ns.namenode.writer.identities.issuer(), name: "r"))
        guard case .started(let run, _) = body else { throw HFSError(.io, "answered \(body)") }
        var caller = alice
        caller.run = run.id
        return caller
    }

    /// As the protocol handler opens a file; what the reader shows to datanodes.
    @discardableResult
    static func open(_ ns: TestNamespace, _ path: String, as caller: Caller) async throws -> BlockAccessToken? {
        let writer = ns.namenode.writer
        let layout = try await ns.ask(
            GetBlockLocations(caller: caller, path: ns.path(path), reads: writer.reads))
        if let event = layout.opened { writer.opened(event, by: caller) }
        guard let opening = layout.opening else { return nil }
        return writer.identities.blockToken(opening, user: caller.user, poolID: ns.namenode.poolID)
    }

    /// What the log says happened in runs, a line a record.
    static func told(_ folder: TemporaryDirectory) throws -> [String] {
        let inspector = EditsInspector(directory: "\(folder.path)/edits")
        var lines: [String] = []
        for segment in try inspector.segments() {
            try inspector.records(of: segment) { item in
                if case .record(let record, _, _) = item, record.origin.run != nil {
                    lines.append(record.mutation.events.map { "\($0.kind) \($0.path)" }.joined(separator: ", "))
                }
                return true
            }
        }
        return lines
    }

    static func withTree(_ body: (TestNamespace, Caller) async throws -> Void) async throws -> [String] {
        let folder = try TemporaryDirectory()
        try await TestNamespace.with(.shards(folder.path, count: 2)) { ns in
            try await ns.mkdirs("/d", mode: 0o777)
            for name in ["a", "b"] { try await ns.write("/d/\(name)") }
            try await body(ns, try await start(ns))
        }
        return try told(folder)
    }

    /// What was told until now gets into the log, and is known to be there.
    static func round(_ ns: TestNamespace) async throws {
        for _ in 0..<2 {
            ns.clock.advance(byMs: ReadRounds.spacingMs)
            ns.namenode.tick()
        }
        try await ns.settle()
    }

    /// As a datanode tells of a read.
    @discardableResult
    static func wereRead(_ ns: TestNamespace, _ tokens: [BlockAccessToken?]) async -> Result<Void, HFSError> {
        await withCheckedContinuation { continuation in
            ns.namenode.writer.wereRead(tokens.compactMap { $0 }) { continuation.resume(returning: $0) }
        }
    }
}
