import Core
import Synchronization

/// How far an attempt is: the values of the metric that its agent has not told yet. Thread-safe.
final class AttemptProgress: Sendable {
    private struct State {
        var count: UInt64 = 0
        var toldCount: UInt64 = 0
        /// The last ones that nobody has been told.
        var points: [MetricPoint] = []
    }

    private let state = Mutex(State())

    func add(_ point: MetricPoint) {
        state.withLock { state in
            state.count += 1
            state.points.append(point)
            if state.points.count > 2 * Limits.attemptPointsMax {
                state.points.removeFirst(Limits.attemptPointsMax)
            }
        }
    }

    /// What is to be told now.
    func report(_ run: RunID, _ experiment: InodeID) -> AttemptReport {
        state.withLock { state in
            AttemptReport(
                run: run, experiment: experiment, count: state.count,
                points: state.points.suffix(Limits.attemptPointsMax))
        }
    }

    /// The first `count` values are known to the namenode.
    func wasTold(_ count: UInt64) {
        state.withLock { state in
            guard count > state.toldCount else { return }
            state.toldCount = count
            let lacking = Int(clamping: state.count - count)
            state.points = state.points.suffix(lacking)
        }
    }
}
