internal import Core
internal import DequeModule
internal import Synchronization

/// The tokens under which readers were sent bytes: each is told to the namenode once, as soon as it can be, and kept until the
/// namenode says that it is in its log. One that starts anew is told again what it may have lost. Thread-safe.
///
/// This node cannot judge a token and need not: the namenode knows its own. Forged ones cost room here, which is bounded, and
/// the room of who sent them: where there is none left, the host that has most waiting loses its newest.
final class ReadReports: Sendable {
    private struct Waiting {
        var token: BlockAccessToken
        /// The reader's host.
        var host: String
    }

    private struct Told {
        var waiting: Waiting
        /// Of the namenode that was told.
        var round: UInt64
    }

    private struct State {
        var waiting: [Waiting] = []
        /// How many of `waiting` each host has.
        var countByHost: [String: Int] = [:]
        /// Told, and perhaps not in the log; oldest first.
        var told: Deque<Told> = []
        var known: Set<BlockAccessToken> = []
    }

    /// Tokens that wait while the namenode is away. More are dropped, and counted: the namenode knows those files as opened only.
    /// With its two arrays a token takes at most about 320 bytes: 20 MiB, and as much for those remembered and for those kept.
    static let waitingMax = 1 << 16
    /// Tokens kept until they are in the log: some seconds of 10,000 reads each. More lose the oldest, counted: those are lost
    /// if the namenode dies now.
    static let toldMax = 1 << 16
    /// Tokens remembered as told. Beyond, the memory starts over, and a token may be told again, which changes nothing.
    static let knownMax = 1 << 16
    /// Tokens of one message: the namenode checks each in some microseconds, on an event loop.
    static let batchMax = 1024

    private let state = Mutex(State())
    private let dropped: MetricCounter
    private let released: MetricCounter
    private let wake: @Sendable () -> Void

    /// - Parameters:
    ///   - dropped: counts tokens that are not told.
    ///   - released: counts those that were told and could not be kept until they were in the log.
    ///   - wake: called when there is something to tell.
    init(dropped: MetricCounter, released: MetricCounter = MetricCounter(), wake: @escaping @Sendable () -> Void) {
        self.dropped = dropped
        self.released = released
        self.wake = wake
    }

    /// Tokens to tell.
    var count: Int { state.withLock { $0.waiting.count } }
    /// Tokens told that may not be in the log.
    var keptCount: Int { state.withLock { $0.told.count } }

    /// A reader at `host` who showed this token is sent bytes.
    func add(_ token: BlockAccessToken, from host: String) {
        guard token.identifier.count + token.password.count <= Limits.blockTokenBytesMax else { return dropped.add() }
        let isNew = state.withLock { state -> Bool in
            guard !state.known.contains(token) else { return false }
            guard state.waiting.count < Self.waitingMax || makeRoom(for: host, &state) else {
                dropped.add()
                return false
            }
            if state.known.count >= Self.knownMax { state.known = [] }
            state.known.insert(token)
            state.waiting.append(Waiting(token: token, host: host))
            state.countByHost[host, default: 0] += 1
            return true
        }
        if isNew { wake() }
    }

    /// Drops the newest token of the host that has most of them waiting; false when that is `host` itself.
    private func makeRoom(for host: String, _ state: inout State) -> Bool {
        guard let most = state.countByHost.max(by: { ($0.value, $0.key) < ($1.value, $1.key) })?.key, most != host,
            let newest = state.waiting.lastIndex(where: { $0.host == most })
        else { return false }
        let lost = state.waiting.remove(at: newest)
        state.known.remove(lost.token)
        Self.uncount(lost, &state)
        dropped.add()
        return true
    }

    private static func uncount(_ waiting: Waiting, _ state: inout State) {
        let left = (state.countByHost[waiting.host] ?? 0) - 1
        state.countByHost[waiting.host] = left > 0 ? left : nil
    }

    /// Tells the next ones, at most a message of them, oldest first; they wait again when `send` fails.
    ///
    /// - Parameter send: gives the round of the log that they belong to (`settled`).
    /// - Returns: true when more wait: the caller lets others have their turn first.
    func tell(_ send: ([BlockAccessToken]) async throws(HFSError) -> UInt64) async throws(HFSError) -> Bool {
        let batch = state.withLock { state in
            let batch = Array(state.waiting.prefix(Self.batchMax))
            state.waiting.removeFirst(batch.count)
            for waiting in batch { Self.uncount(waiting, &state) }
            return batch
        }
        guard !batch.isEmpty else { return false }
        do throws(HFSError) {
            let round = try await send(batch.map(\.token))
            state.withLock { state in
                for waiting in batch { state.told.append(Told(waiting: waiting, round: round)) }
                let excess = state.told.count - Self.toldMax
                guard excess > 0 else { return }
                state.told.removeFirst(excess)
                released.add(UInt64(excess))
            }
        } catch {
            state.withLock { state in Self.wait(batch, &state) }
            throw error
        }
        return count > 0
    }

    /// What was told in these rounds is in the namenode's log.
    func settled(through round: UInt64) {
        state.withLock { state in
            while let first = state.told.first, first.round <= round { state.told.removeFirst() }
        }
    }

    /// A namenode that has just taken this node may not know what another one, or itself before its restart, was told: what may
    /// not be in the log is told again, and so is what is read from now on.
    func forgetTold() {
        state.withLock { state in
            Self.wait(state.told.map(\.waiting), &state)
            state.told = []
            state.known = Set(state.waiting.map(\.token))
        }
    }

    /// Puts older ones in front of those that wait.
    private static func wait(_ older: [Waiting], _ state: inout State) {
        state.waiting = older + state.waiting
        for waiting in older { state.countByHost[waiting.host, default: 0] += 1 }
    }
}
