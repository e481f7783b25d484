import Glibc

/// Clock and CPU times at the start of a phase.
struct Snapshot {
    private let startNs = Stopwatch.nowNs
    private let ownSeconds = Snapshot.ownCPUSeconds
    private let servers: ProcessCPU.Sample

    init(_ cpu: ProcessCPU) { servers = cpu.sample() }

    /// What was spent since; per operation where `Measurement` says so.
    func measurement(
        _ work: String, _ cpu: ProcessCPU, _ histogram: LatencyHistogram, operations: Int, mebibytes: Int?
    ) -> Measurement {
        let seconds = Double(Stopwatch.nowNs - startNs) / 1e9
        let count = Double(max(1, operations))
        var measurement = Measurement(
            work: work, operations: operations, errors: 0, firstError: nil, seconds: seconds,
            operationsPerSecond: count / seconds, p50Us: histogram.microseconds(atQuantile: 0.5),
            p99Us: histogram.microseconds(atQuantile: 0.99), p999Us: histogram.microseconds(atQuantile: 0.999),
            serverUserUs: 0, serverTotalUs: 0,
            generatorUs: (Self.ownCPUSeconds - ownSeconds) / count * 1e6,
            mebibytesPerSecond: mebibytes.map { Double($0) / seconds })
        addServers(cpu, to: &measurement)
        return measurement
    }

    /// What the servers spent up to now.
    func addServers(_ cpu: ProcessCPU, to measurement: inout Measurement) {
        let spent = cpu.sample() - servers
        let count = Double(max(1, measurement.operations))
        measurement.serverUserUs = spent.userSeconds / count * 1e6
        measurement.serverTotalUs = spent.totalSeconds / count * 1e6
    }

    private static var ownCPUSeconds: Double {
        var usage = rusage()
        getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
        func seconds(_ t: timeval) -> Double { Double(t.tv_sec) + Double(t.tv_usec) / 1e6 }
        return seconds(usage.ru_utime) + seconds(usage.ru_stime)
    }
}
