import Core
import Glibc
import Synchronization

/// Creates in a hot directory with stats beside them.
struct ColdRun: Sendable {
    let target: Target
    let tree: String
    let directories: Int
    let connections: Int
    let depth: Int
    let operations: Int
    let statDepth: Int

    /// Creates in the tree's first directory, with a connection that stats `files` of each directory meanwhile (0: none).
    /// Returns the measurement of the creates, then that of the stats.
    func phase(_ name: String, files: Int) throws -> [Measurement] {
        let creating = Atomic(connections)
        let outcomes = Mutex<[(isStat: Bool, result: Result<PipelinedConnection.Result, HFSError>)]>([])
        let run = self
        let before = Snapshot(target.cpu)
        WorkerThreads.run(connections + (files > 0 ? 1 : 0)) { index in
            let isStat = index == run.connections
            let result: Result<PipelinedConnection.Result, HFSError>
            do throws(HFSError) {
                result = .success(
                    isStat
                        ? try run.stat(files) { creating.load(ordering: .relaxed) > 0 }
                        : try run.create(prefix: "hot-\(name.prefix(4))-\(getpid())-\(index)-"))
            } catch {
                result = .failure(error)
            }
            if !isStat { creating.subtract(1, ordering: .relaxed) }
            outcomes.withLock { $0.append((isStat, result)) }
        }
        var totals = [PipelinedConnection.Result(), PipelinedConnection.Result()]
        for outcome in outcomes.withLock({ $0 }) {
            let one = try outcome.result.get()
            let side = outcome.isStat ? 1 : 0
            totals[side].histogram.add(one.histogram)
            totals[side].errors += one.errors
            totals[side].firstError = totals[side].firstError ?? one.firstError
        }
        let names = ["create, \(name)", name]
        return zip(names, totals).filter { $0.1.histogram.count > 0 }.map { name, total in
            var measurement = before.measurement(
                name, target.cpu, total.histogram, operations: Int(total.histogram.count), mebibytes: nil)
            measurement.errors = total.errors
            measurement.firstError = total.firstError
            return measurement
        }
    }

    private func create(prefix: String) throws(HFSError) -> PipelinedConnection.Result {
        let connection = try PipelinedConnection(target)
        var workload = CreateFile(directory: "\(tree)/c0", prefix: prefix, clientName: "hfs-bench-\(prefix)")
        return try connection.run(&workload, operations: max(1, operations / connections), depth: depth)
    }

    private func stat(_ files: Int, goesOn: () -> Bool) throws(HFSError) -> PipelinedConnection.Result {
        let connection = try PipelinedConnection(target)
        var workload = RandomStat(
            base: tree, directories: directories, filesEach: files, random: SplitMix64(Stopwatch.nowNs))
        return try connection.run(&workload, operations: .max, depth: statDepth, goesOn: goesOn)
    }
}
