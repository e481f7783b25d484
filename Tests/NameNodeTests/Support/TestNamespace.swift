import Core
import Logging
import MetaStore
import Testing

@testable import NameNode

/// A whole namenode without sockets, over the in-memory engine or over shards; time is the test's.
final class TestNamespace: Sendable {
    enum Store: Sendable {
        case memory
        /// In this directory; a new namespace gets this many shard files.
        case shards(String, count: Int)
        /// Whatever it is; it is closed at the end.
        case opened(OpenedEngine)
    }

    let clock: ManualClock
    let namenode: NameNode
    private let store: Store

    var engine: any MetadataEngine { namenode.engine }

    static let root = Caller(user: "root", isSuperuser: true, address: "127.0.0.1")
    static let quiet = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

    static func user(_ name: String, _ groups: String...) -> Caller {
        Caller(user: name, groups: groups, address: "127.0.0.1")
    }

    private init(_ store: Store, _ change: (inout NameNodeConfiguration) -> Void) async throws {
        clock = ManualClock()
        self.store = store
        var configuration = NameNodeConfiguration(directory: "unused")
        configuration.superuser = "root"
        configuration.groups = ["root": ["supergroup"], "bob": ["staff"], "carol": ["supergroup"], "alice": []]
        change(&configuration)
        let opened: OpenedEngine
        switch store {
        case .opened(let engine): opened = engine
        case .memory:
            opened = OpenedEngine(engine: try MemoryEngine(clock: clock), clusterID: "CID-test", poolID: "BP-test")
        case .shards(let directory, let count):
            configuration.directory = directory
            configuration.shards = count
            let open = OpenedEngine.shards(configuration, clock: clock, logger: Self.quiet)
            opened = try open { error in Issue.record("the engine failed: \(error)") }
        }
        namenode = try await NameNode(opened, configuration: configuration, clock: clock, logger: Self.quiet)
    }

    /// Runs `body` on a fresh namespace and closes it.
    static func with(
        _ store: Store = .memory, _ change: (inout NameNodeConfiguration) -> Void = { _ in },
        _ body: (TestNamespace) async throws -> Void
    ) async throws {
        let namespace = try await TestNamespace(store, change)
        let result: Result<Void, any Error>
        do {
            try await body(namespace)
            result = .success(())
        } catch {
            result = .failure(error)
        }
        try namespace.namenode.close()
        try result.get()
    }

    func run(_ operation: some NamespaceOperation) async throws(HFSError) -> Answer.Body {
        try await namenode.writer.submit(operation)
    }

    func ask<R: NamespaceRead>(_ question: R) async throws(HFSError) -> R.Value {
        try await namenode.writer.read { view throws(PlanInterrupt) in try question.run(view) }
    }

    /// Waits until all that was submitted before is done, reclaiming included.
    func settle() async throws {
        repeat {
            _ = try await run(RenewNothing(caller: Self.root))
        } while namenode.reclaimer.pendingCount > 0
    }

    // MARK: Short forms; paths must be valid

    func path(_ text: String) throws(HFSError) -> FilePath { try FilePath(text) }

    @discardableResult
    func mkdirs(_ text: String, as caller: Caller = root, mode: UInt16 = 0o755) async throws(HFSError) -> Answer.Body {
        try await run(
            Mkdirs(caller: caller, path: path(text), mode: FileMode(mode), unmasked: nil, createParent: true))
    }

    func creation(
        _ text: String, as caller: Caller = root, holder: String = "cl", overwrite: Bool = false,
        mayCreate: Bool = true,
        createParent: Bool = true, replication: Int = 1, blockSize: UInt64 = 1 << 20, mode: UInt16 = 0o644
    ) throws(HFSError) -> Create {
        Create(
            caller: caller, rules: namenode.rules, path: try path(text), mode: FileMode(mode), unmasked: nil,
            holder: holder, mayCreate: mayCreate, overwrite: overwrite, createParent: createParent,
            replication: replication, blockSize: blockSize)
    }

    /// The inode of a new open file.
    @discardableResult
    func create(
        _ text: String, as caller: Caller = root, holder: String = "cl", overwrite: Bool = false, replication: Int = 1,
        mode: UInt16 = 0o644
    ) async throws(HFSError) -> InodeID {
        let body = try await run(
            creation(text, as: caller, holder: holder, overwrite: overwrite, replication: replication, mode: mode))
        guard case .status(let status) = body else { throw HFSError(.io, "create answered \(body)") }
        return status.inode
    }

    @discardableResult
    func addBlock(
        _ text: String, holder: String = "cl", previous: Block? = nil
    ) async throws(HFSError) -> AllocatedBlock {
        let body = try await run(
            AddBlock(
                caller: Self.root, rules: namenode.rules, path: path(text), inode: nil, holder: holder,
                previous: previous, targets: .success([BlockCluster.location(1)])))
        guard case .block(let block) = body else { throw HFSError(.io, "addBlock answered \(body)") }
        return block
    }

    @discardableResult
    func complete(_ text: String, holder: String = "cl", last: Block? = nil) async throws(HFSError) -> Answer.Body {
        try await run(Complete(caller: Self.root, path: path(text), inode: nil, holder: holder, last: last))
    }

    /// A closed file with blocks of these lengths.
    func write(_ text: String, _ lengths: [UInt64] = [], as caller: Caller = root, replication: Int = 1) async throws {
        try await create(text, as: caller, replication: replication)
        var previous: Block?
        for length in lengths {
            previous = try await addBlock(text, previous: previous).block
            previous?.length = length
        }
        try await complete(text, last: previous)
    }

    @discardableResult
    func delete(
        _ text: String, recursive: Bool = true, as caller: Caller = root
    ) async throws(HFSError) -> Answer.Body {
        try await run(Delete(caller: caller, path: path(text), recursive: recursive))
    }

    func rename(_ from: String, _ to: String, as caller: Caller = root) async throws(HFSError) -> Answer.Body {
        try await run(Rename(caller: caller, source: path(from), destination: path(to)))
    }

    @discardableResult
    func rename2(
        _ from: String, _ to: String, overwrite: Bool = false, as caller: Caller = root
    ) async throws(HFSError) -> Answer.Body {
        try await run(Rename2(caller: caller, source: path(from), destination: path(to), overwrite: overwrite))
    }

    func chmod(_ text: String, _ mode: UInt16, as caller: Caller = root) async throws(HFSError) {
        _ = try await run(SetPermission(caller: caller, path: path(text), mode: FileMode(mode)))
    }

    func chown(_ text: String, _ user: String?, _ group: String? = nil, as caller: Caller = root) async throws(HFSError)
    {
        _ = try await run(SetOwner(caller: caller, path: path(text), user: user, group: group))
    }

    func stat(_ text: String, as caller: Caller = root) async throws(HFSError) -> FileStatus? {
        try await ask(GetFileInfo(caller: caller, path: path(text)))
    }

    func names(_ text: String, as caller: Caller = root) async throws(HFSError) -> [String]? {
        let page = try await ask(
            GetListing(caller: caller, path: path(text), startAfter: [], needLocation: false))
        return page?.entries.map { String(decoding: $0.status.name, as: UTF8.self) }
    }

    func summary(_ text: String) async throws(HFSError) -> ContentSummary {
        try await ask(GetContentSummary(caller: Self.root, path: path(text)))
    }

    /// Every row and counter, through the engine's own view or from the shard files.
    func dump() async throws -> MemoryEngineDump {
        switch store {
        case .opened: throw HFSError(.unsupported, "open its directory to look at an engine of one's own")
        case .memory:
            guard let memory = engine as? MemoryEngine else { return ([], []) }
            return memory.dump()
        case .shards(let directory, let count):
            guard let shards = engine as? ShardEngine else { return ([], []) }
            try shards.waitForShards()
            var rows: [(key: RowKey, image: [UInt8])] = []
            for index in 0..<count {
                let inspector = try ShardInspector("\(directory)/shard-\(index).db")
                for table in Table.allCases where table != .counter {
                    try inspector.rows(table) { row in
                        if !row.isIntact { Issue.record("\(row.key) is damaged") }
                        rows.append((row.key, row.image))
                        return true
                    }
                }
            }
            let directories = rows.filter { $0.key.table == .directory }.map(\.key.id)
            let counters = try await namenode.writer.read { view throws(PlanInterrupt) in
                try view.gather(directories) { (id, view) throws(PlanInterrupt) in
                    (directory: id, counter: try view.counter(id))
                }
            }
            return (rows, counters)
        }
    }

    func audit() async throws -> [String] { NamespaceAudit(try await dump()).problems }
}

typealias MemoryEngineDump = (rows: [(key: RowKey, image: [UInt8])], counters: [(directory: UInt64, counter: Counter)])

/// Changes nothing: its completion tells that the ones before it have run.
struct RenewNothing: NamespaceOperation {
    var caller: Caller

    func plan(_ view: any MetadataView, _ inputs: inout PlanInputs) throws(PlanInterrupt) -> Planned<Answer> {
        .unchanged(.empty)
    }
}

/// What a call was refused with: code and text; "done" when it was not.
func refusalText<R>(_ body: () async throws(HFSError) -> R) async -> String {
    do throws(HFSError) {
        _ = try await body()
        return "done"
    } catch {
        return "\(error.code): \(error.message)"
    }
}
