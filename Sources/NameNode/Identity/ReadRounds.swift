import Synchronization

/// Counts the rounds in which reads that wait get into the log, so that who keeps a read until it is safe can be told.
///
/// A read that was noted while a round is open is in the log when that round has ended well, or a later one. Thread-safe.
final class ReadRounds: Sendable {
    /// Rounds are this far apart at least. The namespace's clock asks every second, so reads that the log has not been given are
    /// little older than that, while it takes any.
    static let spacingMs: Int64 = 500

    private struct State {
        var open: UInt64 = 1
        var durable: UInt64 = 0
        /// When a round could begin last; nil before the clock's first question.
        var beganMs: Int64?
        var isUnderWay = false
        /// Somebody waits for the open round.
        var isAsked = false
    }

    private let state = Mutex(State())

    /// The round that what was noted until now belongs to.
    func ticket() -> UInt64 {
        state.withLock { state in
            state.isAsked = true
            return state.open
        }
    }

    /// All of this round and those before is in the log.
    var durable: UInt64 { state.withLock { $0.durable } }

    /// Ends the open round when it is time and something waits: `end` must follow. nil when there is nothing to do.
    func begin(nowMs: Int64, isNeeded: Bool) -> UInt64? {
        state.withLock { state in
            guard let beganMs = state.beganMs else {
                state.beganMs = nowMs
                return nil
            }
            guard !state.isUnderWay, isNeeded || state.isAsked, nowMs - beganMs >= Self.spacingMs else { return nil }
            state.isUnderWay = true
            state.isAsked = false
            state.beganMs = nowMs
            defer { state.open += 1 }
            return state.open
        }
    }

    /// - Parameter isDurable: false when the log did not take all: the next round has the rest, too.
    func end(_ round: UInt64, isDurable: Bool) {
        state.withLock { state in
            state.isUnderWay = false
            if isDurable { state.durable = round } else { state.isAsked = true }
        }
    }
}
