import Core
import Synchronization

/// What live runs have read and the log has not yet been told: once a run and generation of a file.
///
/// A run's reads go into the record of its next change, ahead of the change, so a durable output never lacks an input that it
/// had, and no sync is added. Thread-safe; `pending` and `logged` belong to the thread that plans.
final class TracedReads: Sendable {
    private struct Generation: Hashable {
        var inode: InodeID
        var length: UInt64
        var modifiedMs: Int64
    }

    private struct Buffer {
        var seen: Set<Generation> = []
        var pending: [NamespaceEvent] = []
        var pendingBytes = 0
        /// Of `pending`, those that the mutation being planned carries.
        var offered = 0
    }

    /// Reads, and bytes of their paths, that get a record of their own when the run changes nothing.
    static let recordEvents = 512
    static let recordBytes = 128 << 10
    /// Reads of one run that wait while the log takes none; more are told when they happen again.
    static let pendingBytesMax = 1 << 20
    /// Generations that are remembered of one run: 8 MiB. Beyond, the memory starts over, and a read may be told again.
    static let seenMax = 1 << 18

    private let buffers = Mutex<[RunID: Buffer]>([:])

    /// Notes an `opened` event. True when enough has gathered for a record of its own.
    func opened(_ event: NamespaceEvent, by run: RunID) -> Bool {
        guard case .content(let length, let modifiedMs, _) = event.change else { return false }
        let generation = Generation(inode: event.inode, length: length, modifiedMs: modifiedMs)
        return buffers.withLock { buffers in
            let bytes = event.path.utf8.count
            guard buffers[run, default: Buffer()].pendingBytes + bytes <= Self.pendingBytesMax,
                buffers[run, default: Buffer()].seen.insert(generation).inserted
            else { return false }
            if buffers[run, default: Buffer()].seen.count > Self.seenMax {
                buffers[run, default: Buffer()].seen = [generation]
            }
            buffers[run, default: Buffer()].pending.append(event)
            buffers[run, default: Buffer()].pendingBytes += bytes
            let (count, size) = buffers[run].map { ($0.pending.count, $0.pendingBytes) } ?? (0, 0)
            return count % Self.recordEvents == 0 || size / Self.recordBytes > (size - bytes) / Self.recordBytes
        }
    }

    /// What the record being planned tells.
    func pending(_ run: RunID) -> [NamespaceEvent] {
        buffers.withLock { buffers in
            guard let waiting = buffers[run]?.pending, !waiting.isEmpty else { return [] }
            buffers[run]?.offered = waiting.count
            return waiting
        }
    }

    /// What `pending` gave last has its place in the log.
    func logged(_ run: RunID) {
        buffers.withLock { buffers in
            guard let buffer = buffers[run], buffer.offered > 0 else { return }
            let carriedBytes = buffer.pending.prefix(buffer.offered).reduce(0) { $0 + $1.path.utf8.count }
            buffers[run]?.pending.removeFirst(buffer.offered)
            buffers[run]?.pendingBytes -= carriedBytes
            buffers[run]?.offered = 0
        }
    }

    /// Forgets runs that have ended.
    func keep(_ isLive: (RunID) -> Bool) {
        let ended = buffers.withLock { Array($0.keys) }.filter { !isLive($0) }
        guard !ended.isEmpty else { return }
        buffers.withLock { buffers in
            for run in ended { buffers[run] = nil }
        }
    }
}
