import Core
import Synchronization
import Transport

/// Connections to datanodes that wait for their next read. Thread-safe.
///
/// Datanodes hang up after 4 s of silence, so a connection is kept for less.
final class DatanodeConnectionCache: Sendable {
    fileprivate struct Entry {
        let connection: DatanodeConnection
        let sinceMs: Int64
    }

    fileprivate struct State {
        var entries: [String: [Entry]] = [:]
        var isClosed = false
    }

    private let state = Mutex(State())
    private let clock: any HFSClock
    private let idleMs: Int64
    /// Connections kept per datanode.
    private static let perNodeMax = 16

    init(clock: any HFSClock, idleMs: Int64) {
        self.clock = clock
        self.idleMs = idleMs
    }

    /// The youngest connection to the node, no longer in the cache.
    func take(_ node: DatanodeDescriptor) -> DatanodeConnection? {
        let now = clock.monotonicMs
        return state.withLock { state in
            state.dropExpired(before: now - idleMs)
            return state.entries[node.uuid]?.popLast()?.connection
        }
    }

    /// Keeps a connection whose last operation has ended cleanly.
    func put(_ connection: DatanodeConnection) {
        connection.isReused = true
        let now = clock.monotonicMs
        state.withLock { state in
            state.dropExpired(before: now - idleMs)
            guard !state.isClosed, state.entries[connection.node.uuid, default: []].count < Self.perNodeMax else {
                return
            }
            state.entries[connection.node.uuid, default: []].append(Entry(connection: connection, sinceMs: now))
        }
    }

    /// Closes what is kept and keeps nothing from here on.
    func close() {
        state.withLock { state in
            state.isClosed = true
            state.entries = [:]
        }
    }
}

extension DatanodeConnectionCache.State {
    fileprivate mutating func dropExpired(before limitMs: Int64) {
        for (node, kept) in entries where kept.contains(where: { $0.sinceMs < limitMs }) {
            let young = kept.filter { $0.sinceMs >= limitMs }
            entries[node] = young.isEmpty ? nil : young
        }
    }
}
