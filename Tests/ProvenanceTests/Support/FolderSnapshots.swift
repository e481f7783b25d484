import Core
import Foundation
import Synchronization

@testable import Provenance

/// Snapshots in a local folder: the newest one.
final class FolderSnapshots: GraphSnapshots {
    private let path: String
    private let newest = Mutex<LSN?>(nil)

    init(_ path: String) { self.path = path }

    var stored: LSN? { newest.withLock { $0 } }

    func store(_ store: GraphStore) async throws(HFSError) -> LSN {
        // A snapshot that is cut short leaves the one before as it was.
        let next = try await store.copy(to: path + ".writing")
        do {
            if FileManager.default.fileExists(atPath: path) { try FileManager.default.removeItem(atPath: path) }
            try FileManager.default.moveItem(atPath: path + ".writing", toPath: path)
        } catch {
            throw HFSError(.io, "\(error)")
        }
        newest.withLock { $0 = next }
        return next
    }

    func restore(to target: String) async throws(HFSError) -> LSN? {
        guard let stored else { return nil }
        do {
            try FileManager.default.copyItem(atPath: path, toPath: target)
        } catch {
            throw HFSError(.io, "\(error)")
        }
        return stored
    }
}
