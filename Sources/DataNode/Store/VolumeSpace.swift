internal import Core
internal import Glibc
internal import Synchronization

/// How much room a volume has, and who took it. Thread-safe.
///
/// The disk is asked at most once a second; what was written since is subtracted, so that a write past the reserve is
/// refused before the disk is full.
final class VolumeSpace: Sendable {
    private struct State {
        var used: UInt64 = 0
        var capacity: UInt64 = 0
        var available: UInt64 = 0
        var measuredMs: Int64 = .min
    }

    private static let measureIntervalMs: Int64 = 1000

    private let path: String
    private let reservedBytes: UInt64
    private let limitBytes: UInt64?
    private let clock: any HFSClock
    private let state = Mutex(State())

    /// - Parameters:
    ///   - reservedBytes: room on the disk that replicas never take.
    ///   - limitBytes: most that replicas may take together; nil for the whole disk.
    init(path: String, reservedBytes: UInt64, limitBytes: UInt64?, clock: any HFSClock) {
        self.path = path
        self.reservedBytes = reservedBytes
        self.limitBytes = limitBytes
        self.clock = clock
    }

    /// Capacity without the reserve, bytes of replicas, and bytes that can still be written.
    func report() -> (capacity: UInt64, used: UInt64, remaining: UInt64) {
        state.withLock { state in
            measure(&state)
            var capacity = state.capacity
            if let limitBytes { capacity = min(capacity, limitBytes) }
            return (capacity, state.used, room(state))
        }
    }

    /// Takes `bytes` for a replica. Errors: `.noSpace`, and nothing is taken.
    func take(_ bytes: UInt64) throws(HFSError) {
        let left = state.withLock { state -> UInt64? in
            measure(&state)
            let left = room(state)
            guard left >= bytes else { return left }
            state.used += bytes
            state.available -= min(bytes, state.available)
            return nil
        }
        if let left {
            throw HFSError(.noSpace, "The volume has \(left) bytes left, \(bytes) are needed", subject: path)
        }
    }

    /// Counts replicas that are there already.
    func count(_ bytes: UInt64) { state.withLock { $0.used += bytes } }

    func giveBack(_ bytes: UInt64) {
        state.withLock { state in
            state.used -= min(bytes, state.used)
            state.available += bytes
        }
    }

    private func room(_ state: State) -> UInt64 {
        guard let limitBytes else { return state.available }
        return min(state.available, limitBytes > state.used ? limitBytes - state.used : 0)
    }

    private func measure(_ state: inout State) {
        let now = clock.monotonicMs
        guard state.measuredMs == .min || now - state.measuredMs >= Self.measureIntervalMs else { return }
        state.measuredMs = now
        var disk = statvfs()
        guard statvfs(path, &disk) == 0 else {
            state.available = 0
            return
        }
        let unit = UInt64(disk.f_frsize)
        let total = UInt64(disk.f_blocks) * unit
        let free = UInt64(disk.f_bavail) * unit
        state.capacity = total > reservedBytes ? total - reservedBytes : 0
        state.available = free > reservedBytes ? free - reservedBytes : 0
    }
}
