internal import Core
internal import Synchronization

/// The tokens under which readers were sent bytes: each is told to the namenode once, as soon as it can be. Thread-safe.
///
/// This node cannot judge a token and need not: the namenode knows its own. Forged ones cost room here, which is bounded.
final class ReadReports: Sendable {
    private struct State {
        var waiting: [BlockAccessToken] = []
        var known: Set<BlockAccessToken> = []
    }

    /// Tokens that wait while the namenode is away, most of about 200 bytes. More are dropped, and counted: the namenode knows
    /// those files as opened only.
    static let waitingMax = 1 << 16
    /// Tokens remembered as told. Beyond, the memory starts over, and a token may be told again, which changes nothing.
    static let knownMax = 1 << 16
    /// Tokens of one message: the namenode checks each in some microseconds, on an event loop.
    static let batchMax = 1024

    /// Bytes of a token; the namenode's own have about 150.
    static let tokenBytesMax = 1024

    private let state = Mutex(State())
    private let dropped: MetricCounter
    private let wake: @Sendable () -> Void

    /// - Parameter wake: called when there is something to tell.
    init(dropped: MetricCounter, wake: @escaping @Sendable () -> Void) {
        self.dropped = dropped
        self.wake = wake
    }

    var count: Int { state.withLock { $0.waiting.count } }

    /// A reader who showed this token is sent bytes.
    func add(_ token: BlockAccessToken) {
        guard token.identifier.count + token.password.count <= Self.tokenBytesMax else { return dropped.add() }
        let isNew = state.withLock { state -> Bool in
            guard !state.known.contains(token) else { return false }
            guard state.waiting.count < Self.waitingMax else {
                dropped.add()
                return false
            }
            if state.known.count >= Self.knownMax { state.known = [] }
            state.known.insert(token)
            state.waiting.append(token)
            return true
        }
        if isNew { wake() }
    }

    /// The next ones to tell, oldest first.
    func take() -> [BlockAccessToken] {
        state.withLock { state in
            let batch = Array(state.waiting.prefix(Self.batchMax))
            state.waiting.removeFirst(batch.count)
            return batch
        }
    }

    /// Those whose message may not have arrived.
    func putBack(_ tokens: [BlockAccessToken]) { state.withLock { $0.waiting = tokens + $0.waiting } }
}
