import Core
import Synchronization

/// One kind of operation over several connections at once, measured.
struct LoadPhase: Sendable {
    let target: Target
    let connections: Int
    /// Operations in flight on each connection.
    let depth: Int
    /// As `MetadataRun.awaitsIdle`.
    var awaitsIdle = false

    /// Runs `each` operations on each connection; `workload` makes that of the connection with a number.
    func run<W: Workload>(
        _ name: String, each: Int, _ workload: @escaping @Sendable (Int) -> W
    ) throws -> Measurement {
        let outcomes = Mutex<[Result<PipelinedConnection.Result, HFSError>]>([])
        if awaitsIdle { target.cpu.awaitIdle() }
        let before = Snapshot(target.cpu)
        WorkerThreads.run(connections) { index in
            let outcome: Result<PipelinedConnection.Result, HFSError>
            do throws(HFSError) {
                let connection = try PipelinedConnection(target)
                var workload = workload(index)
                outcome = .success(try connection.run(&workload, operations: each, depth: depth))
            } catch {
                outcome = .failure(error)
            }
            outcomes.withLock { $0.append(outcome) }
        }
        var total = PipelinedConnection.Result()
        for outcome in outcomes.withLock({ $0 }) {
            let one = try outcome.get()
            total.histogram.add(one.histogram)
            total.errors += one.errors
            total.firstError = total.firstError ?? one.firstError
        }
        var measurement = before.measurement(
            name, target.cpu, total.histogram, operations: Int(total.histogram.count), mebibytes: nil)
        if awaitsIdle {
            target.cpu.awaitIdle()
            before.addServers(target.cpu, to: &measurement)
        }
        measurement.errors = total.errors
        measurement.firstError = total.firstError
        return measurement
    }
}
