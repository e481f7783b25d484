import Core
import MetaStore
import Testing

@testable import NameNode

/// Random operations: who replays the feed has the namespace.
@Suite struct EventReplayTests {
    private struct Random: RandomNumberGenerator {
        var state: UInt64

        mutating func next() -> UInt64 {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return state ^ state >> 29
        }

        mutating func path() -> String {
            let depth = [1, 1, 2, 2, 2, 3, 3, 4].randomElement(using: &self) ?? 1
            return (0..<depth).map { _ in "/" + (["a", "b", "c", "d"].randomElement(using: &self) ?? "a") }.joined()
        }
    }

    /// What a reader of the feed knows.
    private struct Replica {
        var nodes: [String: String] = [:]

        mutating func apply(_ event: NamespaceEvent) throws {
            switch event.kind {
            case .mkdir, .create:
                try #require(nodes[event.path] == nil, "\(event.path) is made twice")
                nodes[event.path] = event.kind == .mkdir ? "directory" : "open file"
            case .append:
                try #require(nodes[event.path] == "file of 0")
                nodes[event.path] = "open file"
            case .close:
                guard case .content(let length, _, _) = event.change else {
                    throw HFSError(.io, "a close tells no length")
                }
                try #require(nodes[event.path] == "open file")
                nodes[event.path] = "file of \(length)"
            case .delete:
                try #require(nodes[event.path] != nil, "\(event.path) is deleted and was never made")
                for path in below(event.path) { nodes[path] = nil }
            case .rename:
                guard case .moved(_, let target) = event.change else { throw HFSError(.io, "a rename tells no target") }
                try #require(nodes[event.path] != nil && nodes[target] == nil, "\(event.path) -> \(target)")
                for path in below(event.path) {
                    nodes[target + path.dropFirst(event.path.count)] = nodes.removeValue(forKey: path)
                }
            default: break
            }
        }

        private func below(_ path: String) -> [String] { nodes.keys.filter { $0 == path || $0.hasPrefix(path + "/") } }
    }

    @Test(arguments: 0..<8) func `who replays the feed has the namespace, across restarts`(seed: UInt64) async throws {
        let directory = try TemporaryDirectory()
        var random = Random(state: seed)
        for life in 0..<3 {
            try await TestNamespace.with(.shards(directory.path, count: 2)) { namespace in
                for _ in 0..<80 { try await Self.step(namespace, &random) }
                var replica = Replica()
                for entry in try await Self.entries(namespace) { try replica.apply(entry.event) }
                let found = try await Self.tree(namespace, "")
                try #require(replica.nodes == found, "seed \(seed), life \(life)")
            }
        }
    }

    private static func step(_ namespace: TestNamespace, _ random: inout Random) async throws {
        let (a, b) = (random.path(), random.path())
        let choice = Int.random(in: 0..<10, using: &random)
        _ = await refusalText { () async throws(HFSError) in
            switch choice {
            case 0, 1: try await namespace.mkdirs(a)
            case 2, 3: try await Self.write(namespace, a)
            case 4: _ = try await namespace.rename(a, b)
            case 5: try await namespace.rename2(a, b)
            case 6: try await namespace.rename2(a, b, overwrite: true)
            case 7: try await namespace.delete(a, recursive: false)
            case 8: try await namespace.delete(a)
            default: try await namespace.chmod(a, 0o755)
            }
        }
    }

    private static func write(_ namespace: TestNamespace, _ path: String) async throws(HFSError) {
        try await namespace.create(path, overwrite: true)
        try await namespace.complete(path)
    }

    private static func entries(_ namespace: TestNamespace) async throws -> [FeedEntry] {
        var entries: [FeedEntry] = []
        var request = FeedRequest(.lsn(.zero))
        request.entriesMax = 50
        while true {
            let result: Result<FeedPage, HFSError> = await withCheckedContinuation { continuation in
                namespace.engine.feed.read(request) { continuation.resume(returning: $0) }
            }
            let page = try result.get()
            entries += page.entries
            request.start = .lsn(page.nextLSN)
            if page.nextLSN > page.publishedLSN { return entries }
        }
    }

    private static func tree(_ namespace: TestNamespace, _ path: String) async throws -> [String: String] {
        var found: [String: String] = [:]
        for name in try await namespace.names(path.isEmpty ? "/" : path) ?? [] {
            let child = "\(path)/\(name)"
            let status = try #require(try await namespace.stat(child))
            found[child] = status.isDirectory ? "directory" : "file of \(status.length)"
            if status.isDirectory { found.merge(try await tree(namespace, child)) { old, _ in old } }
        }
        return found
    }
}
