import Core
import Glibc

/// CPU time of other processes, from /proc.
struct ProcessCPU: Sendable {
    /// `name:pid` pairs, as `--pids nn:123,dn:456` gives them.
    let processes: [(name: String, pid: Int32)]

    init(_ text: String) throws(HFSError) {
        var parsed: [(name: String, pid: Int32)] = []
        for pair in text.split(separator: ",") {
            let parts = pair.split(separator: ":")
            guard parts.count == 2, let pid = Int32(parts[1]) else {
                throw HFSError(.invalidArgument, "not name:pid: \(pair)")
            }
            parsed.append((String(parts[0]), pid))
        }
        processes = parsed
    }

    struct Sample {
        var userSeconds = 0.0
        var systemSeconds = 0.0
        var totalSeconds: Double { userSeconds + systemSeconds }

        static func - (a: Sample, b: Sample) -> Sample {
            Sample(userSeconds: a.userSeconds - b.userSeconds, systemSeconds: a.systemSeconds - b.systemSeconds)
        }
    }

    /// Sum over all the processes; one that is gone counts 0.
    ///
    /// How much by the process's clock, to the nanosecond; user and system are its parts by clock ticks.
    func sample() -> Sample {
        var sum = Sample()
        for process in processes {
            guard let text = Self.read("/proc/\(process.pid)/stat"), let end = text.lastIndex(of: ")") else { continue }
            let fields = text[text.index(after: end)...].split(separator: " ")
            guard fields.count > 12, let user = Double(fields[11]), let system = Double(fields[12]) else { continue }
            let seconds = Self.ranSeconds(process.pid)
            let ticks = max(1, user + system)
            sum.userSeconds += seconds * user / ticks
            sum.systemSeconds += seconds * system / ticks
        }
        return sum
    }

    /// All that a process has run, threads that have ended included.
    private static func ranSeconds(_ pid: Int32) -> Double {
        var clock = clockid_t()
        var time = timespec()
        guard clock_getcpuclockid(pid, &clock) == 0, clock_gettime(clock, &time) == 0 else { return 0 }
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }

    /// Waits until the processes do next to nothing for a fifth of a second; at most half a minute.
    func awaitIdle() {
        var last = sample()
        for _ in 0..<150 {
            var time = timespec(tv_sec: 0, tv_nsec: 200_000_000)
            clock_nanosleep(CLOCK_MONOTONIC, 0, &time, nil)
            let next = sample()
            if (next - last).totalSeconds < 0.008 { return }
            last = next
        }
    }

    private static func read(_ path: String) -> String? {
        guard let file = fopen(path, "r") else { return nil }
        defer { fclose(file) }
        var buffer = [UInt8](repeating: 0, count: 4096)
        let n = fread(&buffer, 1, buffer.count, file)
        return n > 0 ? String(decoding: buffer[..<n], as: UTF8.self) : nil
    }
}
