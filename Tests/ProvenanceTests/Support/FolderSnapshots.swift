import Core
import Foundation
import Synchronization

@testable import Provenance

/// Snapshots in a local folder: the newest one.
final class FolderSnapshots: GraphSnapshots {
    private let path: String
    private let state = Mutex(State())

    private struct State {
        var newest: LSN?
        var waiters: [CheckedContinuation<Void, Never>] = []
    }

    init(_ path: String) { self.path = path }

    var stored: LSN? { state.withLock { $0.newest } }

    /// Returns once there is another snapshot than `old`.
    func store(after old: LSN?) async {
        await withCheckedContinuation { continuation in
            let isThere = state.withLock { state in
                if state.newest != old { return true }
                state.waiters.append(continuation)
                return false
            }
            if isThere { continuation.resume() }
        }
    }

    func store(_ store: GraphStore) async throws(HFSError) -> LSN {
        // A snapshot that is cut short leaves the one before as it was.
        let next = try await store.copy(to: path + ".writing")
        do {
            if FileManager.default.fileExists(atPath: path) { try FileManager.default.removeItem(atPath: path) }
            try FileManager.default.moveItem(atPath: path + ".writing", toPath: path)
        } catch {
            throw HFSError(.io, "\(error)")
        }
        let waiters = state.withLock { state in
            state.newest = next
            defer { state.waiters = [] }
            return state.waiters
        }
        for waiter in waiters { waiter.resume() }
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
