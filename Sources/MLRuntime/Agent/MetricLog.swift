import Client
import Core

/// What a trial reports: `metrics.jsonl`, a line a report, opened with the first one, and the event file made of it at the end.
struct MetricLog: Sendable {
    /// One report.
    struct Report: Hashable, Sendable, Codable {
        var step: Int
        var values: [String: Double]
        /// Milliseconds since 1970.
        var timeMs: Int64
    }

    static let fileName = "metrics.jsonl"
    /// So much is kept for the event file; a trial that reports more has the rest in metrics.jsonl.
    private static let reportsMax = 100_000

    private let directory: String
    private let fileSystem: HFSFileSystem
    private var writer: FileWriter?
    private(set) var reports: [Report] = []
    /// The last value of each metric.
    private(set) var last: [String: Double] = [:]
    private(set) var lastStep: Int?
    /// Metrics that came by lines: their curves in event files, which the program wrote beside, are the same ones.
    private var printed: Set<String> = []
    private var hasUnflushed = false

    init(_ directory: String, on fileSystem: HFSFileSystem) {
        self.directory = directory
        self.fileSystem = fileSystem
    }

    mutating func add(_ line: MetricLine, timeMs: Int64) async throws(HFSError) {
        printed.formUnion(line.values.keys)
        try await add(Report(step: line.step ?? (lastStep ?? -1) + 1, values: line.values, timeMs: timeMs))
    }

    /// Adds scalars of event files, those of one step as one report.
    mutating func add(_ events: [ScalarEvent]) async throws(HFSError) {
        var report: Report?
        for event in events where !printed.contains(event.tag) {
            if let known = report, known.step != event.step || known.values[event.tag] != nil {
                try await add(known)
                report = nil
            }
            var next = report ?? Report(step: event.step, values: [:], timeMs: event.timeMs)
            next.values[event.tag] = event.value
            report = next
        }
        if let report { try await add(report) }
    }

    private mutating func add(_ report: Report) async throws(HFSError) {
        lastStep = report.step
        last.merge(report.values) { $1 }
        if reports.count < Self.reportsMax { reports.append(report) }
        if writer == nil { writer = try await fileSystem.create("\(directory)/\(Self.fileName)") }
        try await writer?.write(try CanonicalJSON.bytes(report) + [UInt8(ascii: "\n")])
        hasUnflushed = true
    }

    mutating func flush() async throws(HFSError) {
        guard hasUnflushed else { return }
        hasUnflushed = false
        try await writer?.hflush()
    }

    /// Ends the file; what kept it from being ended.
    func closingFailure() async -> HFSError? {
        do throws(HFSError) {
            try await writer?.close()
            return nil
        } catch {
            return error
        }
    }

    /// The event file of the trial, whole.
    func events(_ order: QueuedTrial, group: String, startedMs: Int64, endedMs: Int64, isSuccess: Bool) -> [UInt8] {
        var bytes = EventFile.version(timeMs: startedMs)
        bytes += EventFile.hparamsStart(order.suggestion.parameters, group: group, timeMs: startedMs)
        bytes += EventFile.description(of: order, timeMs: startedMs)
        for report in reports {
            for (name, value) in report.values.sorted(by: { $0.key < $1.key }) {
                bytes += EventFile.scalar(name, value, step: report.step, timeMs: report.timeMs)
            }
        }
        bytes += EventFile.hparamsEnd(isSuccess ? .success : .failure, timeMs: endedMs)
        return bytes
    }

    /// Adds one metric's values in whole lines of a `metrics.jsonl`.
    static func add(_ metric: String, in bytes: some Collection<UInt8>, to series: inout MetricSeries) {
        for line in bytes.split(separator: UInt8(ascii: "\n")) {
            guard let report = try? CanonicalJSON.value(Report.self, from: line), let value = report.values[metric]
            else { continue }
            series.append(MetricSeries.Point(step: report.step, value: value))
        }
    }
}
