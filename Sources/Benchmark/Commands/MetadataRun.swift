import Core
import Glibc

/// The metadata phases in their order: each uses what the one before left.
struct MetadataRun: Sendable {
    enum Work: String, CaseIterable, Sendable {
        case mkdir, create, stat, open
        /// The same files once more.
        case reopen
        /// And once more, now that they are known to have been read; with `opensBlocks` only.
        case reread
        case list, rename, delete, mix
    }

    let target: Target
    let connections: Int
    let depth: Int
    /// Operations of each phase, all connections together; listings are a tenth of it.
    let operations: Int
    let base: String
    let seed: UInt64
    /// What is opened has a block; of hfs alone.
    var opensBlocks = false
    /// A phase begins when the servers have nothing left to do, and has spent what they do until then.
    var awaitsIdle = false

    /// Runs the phases of `works`; those that they need for their set-up run unmeasured.
    func run(_ works: Set<Work>) throws -> [Measurement] {
        var results: [Measurement] = []
        let needsFiles = !works.isDisjoint(with: [.stat, .open, .reopen, .reread, .rename, .delete, .create])
        if works.contains(.mkdir) { results.append(try phase("mkdir") { single(.mkdir, $0) }) }
        if needsFiles {
            let created = try phase("create") {
                CreateFile(directory: directory($0), prefix: "f", clientName: client($0))
            }
            if works.contains(.create) { results.append(created) }
        }
        if works.contains(.stat) { results.append(try phase("stat") { single(.stat, $0) }) }
        results += try open(works)
        if works.contains(.list) {
            _ = try phase("list set-up", each: 100) {
                CreateFile(directory: directory($0) + "/list", prefix: "entry-", clientName: client($0))
            }
            results.append(try phase("list", each: max(1, operations / connections / 10)) { single(.list, $0) })
        }
        if !works.isDisjoint(with: [.rename, .delete]) {
            let renamed = try phase("rename") { single(.rename, $0) }
            if works.contains(.rename) { results.append(renamed) }
        }
        if works.contains(.delete) { results.append(try phase("delete") { single(.delete, $0) }) }
        if works.contains(.mix) {
            let slots = min(depth, operations / connections)
            let mixes = (0..<connections).map {
                SpotifyMix(
                    directory: directory($0), slots: slots, clientName: client($0), user: target.user,
                    seed: seed &+ UInt64($0))
            }
            _ = try phase("mix set-up", each: mixes.first?.initialFiles.count ?? 0) {
                EnsurePaths(mixes[$0].initialFiles, clientName: client($0))
            }
            results.append(try phase("mix") { mixes[$0] })
        }
        return results
    }

    private func open(_ works: Set<Work>) throws -> [Measurement] {
        guard !works.isDisjoint(with: [.open, .reopen, .reread]) else { return [] }
        let prefix = opensBlocks ? "o" : "f"
        if opensBlocks {
            _ = try phase("open set-up") {
                CreateSmallFile(directory: directory($0), prefix: prefix, clientName: client($0))
            }
        }
        func one(_ name: String, _ kind: SingleCall.Kind = .open) throws -> Measurement {
            try phase(name) { SingleCall(kind: kind, directory: directory($0), prefix: prefix) }
        }
        var results = [try one("open")]
        if works.contains(.reopen) { results.append(try one("reopen")) }
        if works.contains(.reread), opensBlocks {
            _ = try one("read", .read)
            results.append(try one("reread"))
        }
        return results
    }

    /// Removes everything that the run made.
    func cleanUp() throws {
        let connection = try PipelinedConnection(target)
        var workload = DeleteTree(path: base)
        _ = try connection.run(&workload, operations: 1, depth: 1)
    }

    private func directory(_ connection: Int) -> String { "\(base)/c\(connection)" }
    private func client(_ connection: Int) -> String { "hfs-bench-\(getpid())-\(connection)" }
    private func single(_ kind: SingleCall.Kind, _ connection: Int) -> SingleCall {
        SingleCall(kind: kind, directory: directory(connection))
    }

    private func phase<W: Workload>(
        _ name: String, each: Int? = nil, _ workload: @escaping @Sendable (Int) -> W
    ) throws -> Measurement {
        try LoadPhase(target: target, connections: connections, depth: depth, awaitsIdle: awaitsIdle).run(
            name, each: each ?? max(1, operations / connections), workload)
    }
}
