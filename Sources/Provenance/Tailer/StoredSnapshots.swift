import Client
import Core
import FoundationEssentials

/// Snapshots as files in hfs, `graph-<LSN>.db`, written under another name and renamed when complete; the newest two stay.
struct StoredSnapshots: GraphSnapshots {
    let fileSystem: HFSFileSystem
    let directory: String

    private static let kept = 2

    func store(_ store: GraphStore) async throws(HFSError) -> LSN {
        let local = store.path + ".snapshot"
        let next = try await store.copy(to: local)
        defer { try? FileManager.default.removeItem(atPath: local) }
        try await fileSystem.makeDirectory(directory, mode: FileMode(0o700))
        let target = path(next)
        // Also a small one: the graph's copy is not to lie on the namenode's disk, which may be the graph's own.
        let writer = try await fileSystem.create(
            target + ".writing", CreateOptions(overwrites: true, mode: FileMode(0o600), allowsInline: false))
        do throws(HFSError) {
            try await upload(local, writer)
        } catch {
            await writer.abort()
            throw error
        }
        try await fileSystem.rename(target + ".writing", to: target, overwriting: true)
        for old in try await stored().dropLast(Self.kept) { try await fileSystem.delete(path(old)) }
        return next
    }

    func restore(to path: String) async throws(HFSError) -> LSN? {
        guard let newest = try await stored().last else { return nil }
        let reader = try await fileSystem.open(self.path(newest))
        let partial = path + ".restoring"
        do {
            let file = try LocalFileWriter(partial)
            for try await chunk in reader.chunks() { try file.write(chunk) }
            try file.sync()
            await reader.close()
            try FileManager.default.moveItem(atPath: partial, toPath: path)
        } catch {
            throw GraphStore.error(error)
        }
        return newest
    }

    private func upload(_ local: String, _ writer: FileWriter) async throws(HFSError) {
        do {
            let data = try Data(contentsOf: URL(filePath: local), options: .mappedIfSafe)
            var offset = 0
            while offset < data.count {
                let end = min(offset + 1 << 20, data.count)
                try await writer.write([UInt8](data[offset..<end]))
                offset = end
            }
            try await writer.close()
        } catch {
            throw GraphStore.error(error)
        }
    }

    private func path(_ lsn: LSN) -> String { "\(directory)/graph-\(lsn).db" }

    /// The complete snapshots, oldest first.
    private func stored() async throws(HFSError) -> [LSN] {
        guard try await fileSystem.exists(directory) else { return [] }
        var found: [LSN] = []
        for try await status in fileSystem.list(directory) {
            let name = String(decoding: status.name, as: UTF8.self)
            guard name.hasPrefix("graph-"), name.hasSuffix(".db"), let lsn = UInt64(name.dropFirst(6).dropLast(3))
            else {
                continue
            }
            found.append(LSN(lsn))
        }
        return found.sorted()
    }
}
