import Client
package import Core
import FoundationEssentials
package import Logging

/// Opens the graph, from the newest snapshot where the local file is missing or too old for what the feed still keeps.
package struct GraphOpener: Sendable {
    private let path: String
    private let feed: any FeedReading
    private let snapshots: any GraphSnapshots
    private let logger: Logger

    package init(path: String, feed: any FeedReading, snapshots: any GraphSnapshots, logger: Logger) {
        self.path = path
        self.feed = feed
        self.snapshots = snapshots
        self.logger = logger
    }

    /// `.corruptMetadata`: events are gone that neither the file nor a snapshot has.
    package func open() async throws(HFSError) -> GraphStore {
        if FileManager.default.fileExists(atPath: path) {
            let store = try GraphStore(path: path)
            let position = try await store.position()
            if try await isKept(position.next) { return store }
            logger.warning("graph-outdated", metadata: ["nextLSN": "\(position.next)"])
            try await store.close()
            try moveAside()
        }
        try makeFolder()
        if let lsn = try await snapshots.restore(to: path) {
            logger.notice("graph-restored", metadata: ["nextLSN": "\(lsn)"])
            let store = try GraphStore(path: path)
            guard try await isKept(store.position().next) else {
                throw HFSError(
                    .corruptMetadata,
                    "The newest snapshot of the provenance graph ends at \(lsn), and the log no longer has what follows"
                )
            }
            return store
        }
        return try GraphStore(path: path)
    }

    private func isKept(_ lsn: LSN) async throws(HFSError) -> Bool {
        lsn == LSN(1) ? true : try await feed.page(from: nil, waitMs: 0).oldestLSN <= lsn
    }

    /// A stale file stays beside the new one: a person may want it.
    private func moveAside() throws(HFSError) {
        do {
            for suffix in ["", "-wal", "-shm"] where FileManager.default.fileExists(atPath: path + suffix) {
                let aside = "\(path).outdated\(suffix)"
                if FileManager.default.fileExists(atPath: aside) { try FileManager.default.removeItem(atPath: aside) }
                try FileManager.default.moveItem(atPath: path + suffix, toPath: aside)
            }
        } catch {
            throw GraphStore.error(error)
        }
    }

    private func makeFolder() throws(HFSError) {
        let folder = path.split(separator: "/", omittingEmptySubsequences: false).dropLast().joined(separator: "/")
        do {
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        } catch {
            throw GraphStore.error(error)
        }
    }
}
