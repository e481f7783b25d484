import Core
import Glibc
import Synchronization

/// The progress of a transfer on the terminal: share done, rate, time left. Silent when standard error is no terminal.
final class Progress: Sendable {
    private struct State {
        var totalBytes: UInt64?
        var doneBytes: UInt64 = 0
        var lastDrawnMs: Int64 = 0
    }

    private static let drawIntervalMs: Int64 = 100
    private static let barWidth = 28

    private let console: Console
    private let clock: any HFSClock
    private let startMs: Int64
    private let state: Mutex<State>

    /// `totalBytes` is nil when nobody knows, as for standard input.
    init(console: Console, totalBytes: UInt64?, clock: any HFSClock = SystemClock()) {
        self.console = console
        self.clock = clock
        startMs = clock.monotonicMs
        state = Mutex(State(totalBytes: totalBytes))
    }

    func advance(_ bytes: Int) {
        guard console.isErrorTerminal else { return }
        let now = clock.monotonicMs
        let drawn = state.withLock { state -> State? in
            state.doneBytes += UInt64(bytes)
            guard now - state.lastDrawnMs >= Self.drawIntervalMs else { return nil }
            state.lastDrawnMs = now
            return state
        }
        if let drawn { console.status(Self.line(drawn.doneBytes, of: drawn.totalBytes, afterMs: now - startMs)) }
    }

    /// ` 45% [============                ]  1.4G of 3.2G  210M/s  0:08 left`
    static func line(_ done: UInt64, of total: UInt64?, afterMs: Int64) -> String {
        let rate = Double(done) * 1000 / Double(max(1, afterMs))
        let speed = "\(Format.size(UInt64(rate), human: true))/s".leftPadded(9)
        guard let total, total > 0 else { return "\(Format.size(done, human: true))  \(speed)" }
        let share = min(1, Double(done) / Double(total))
        let filled = Int(share * Double(barWidth))
        let bar = String(repeating: "=", count: filled) + String(repeating: " ", count: barWidth - filled)
        let left = rate > 0 ? Format.duration(Int64(Double(total - min(done, total)) / rate)) : "-:--"
        let percent = "\(Int(share * 100))%".leftPadded(4)
        let sizes = "\(Format.size(done, human: true)) of \(Format.size(total, human: true))"
        return "\(percent) [\(bar)]  \(sizes)  \(speed)  \(left) left"
    }
}
