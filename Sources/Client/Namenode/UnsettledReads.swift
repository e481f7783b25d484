import Core
import Synchronization
import WireProtocol

/// Reads of a run whose bytes came with a namenode's answer, and which its log may not have yet.
///
/// No datanode knows of them. So this client tells them again, before anything else, to a namenode whose process may have
/// started since: what the run writes there comes behind what it read. A value of bookkeeping; `NamenodeClient` makes the
/// calls. Thread-safe.
final class UnsettledReads: Sendable {
    /// What must be told before other calls may go out.
    struct Untold {
        var tokens: [BlockAccessToken]
        fileprivate var breaks: UInt64
    }

    private struct State {
        var tokens: [BlockAccessToken] = []
        /// Of the first of `tokens`, counted from the client's first.
        var firstNumber: UInt64 = 0
        /// Connections that broke, and how many of them the namenode was told after.
        var breaks: UInt64 = 0
        var toldBreaks: UInt64 = 0
        var isSettling = false
        /// Settling is asked for with the read of this number.
        var nextSettling: UInt64 = 0
        /// The number behind the last read.
        var endNumber: UInt64 { firstNumber + UInt64(tokens.count) }

        var isUntold: Bool { breaks > toldBreaks && !tokens.isEmpty }

        mutating func dropFirst(_ count: Int) {
            tokens.removeFirst(count)
            firstNumber += UInt64(count)
        }
    }

    /// Tokens kept; when there are more, the oldest go.
    static let countMax = Limits.toldReadsMax
    /// With so many the log is asked for, so that there is time for it.
    static let settlingCount = countMax / 2
    /// After a failure the log is asked for again when so many more were read.
    static let settlingPause: UInt64 = UInt64(countMax / 8)

    private let state = Mutex(State())
    /// Saves the lock where a client reads nothing in a run.
    private let isUsed = Atomic<Bool>(false)

    /// False while this client has read nothing in a run.
    var areAny: Bool { isUsed.load(ordering: .acquiring) }

    /// Connections that broke until now: taken before a call, shown with what it read.
    var breaks: UInt64 { state.withLock { $0.breaks } }

    func connectionBroke() { state.withLock { $0.breaks += 1 } }

    /// - Parameter breaks: from before the call that this token was the answer to.
    /// - Returns: true when it is time to settle.
    func add(_ token: BlockAccessToken, since breaks: UInt64) -> Bool {
        isUsed.store(true, ordering: .releasing)
        return state.withLock { state in
            // Others may have told what they knew since: then this one is missing.
            if breaks < state.breaks { state.breaks += 1 }
            if state.tokens.count >= Self.countMax { state.dropFirst(1) }
            state.tokens.append(token)
            return state.tokens.count >= Self.settlingCount && !state.isSettling
                && state.endNumber >= state.nextSettling
        }
    }

    // MARK: Telling again

    /// What to tell over a connection that is, or is not, the one of before; nil when the namenode knows all.
    func untold(isConnected: Bool) -> Untold? {
        guard areAny else { return nil }
        return state.withLock { state in
            if !isConnected, !state.isUntold { state.breaks += 1 }
            return state.isUntold ? Untold(tokens: Array(state.tokens), breaks: state.breaks) : nil
        }
    }

    func told(_ untold: Untold) { state.withLock { $0.toldBreaks = max($0.toldBreaks, untold.breaks) } }

    // MARK: Settling

    /// The number behind the last read; nil when there is none, or somebody settles already.
    func beginSettling() -> UInt64? {
        state.withLock { state in
            guard !state.isSettling, !state.tokens.isEmpty else { return nil }
            state.isSettling = true
            return state.endNumber
        }
    }

    /// - Parameter end: from `beginSettling`, when all before it is in the log; nil when that is not known.
    func endSettling(_ end: UInt64?) {
        state.withLock { state in
            state.isSettling = false
            guard let end else {
                state.nextSettling = state.endNumber + Self.settlingPause
                return
            }
            guard end > state.firstNumber else { return }
            state.dropFirst(Int(end - state.firstNumber))
        }
    }
}
