import Client
import Core

/// What a trial reports: `metrics.jsonl`, a line a report, and the event file made of it at the end.
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

    let file: SpooledFile
    private(set) var reports: [Report] = []
    /// Reports so far, those taken over from an earlier attempt included.
    private(set) var count = 0
    /// The last value of each metric.
    private(set) var last: [String: Double] = [:]
    private(set) var lastStep: Int?
    /// Metrics that came by lines: their curves in event files, which the program wrote beside, are the same ones.
    private var printed: Set<String> = []
    /// Reports of the attempt that this one goes on from, until its own first one says how many of them still count.
    private var earlier: [Report]

    /// - Parameter earlier: what was reported up to the checkpoint that the attempt goes on from.
    init(_ file: SpooledFile, goingOnFrom earlier: [Report] = []) {
        self.file = file
        self.earlier = earlier
        lastStep = earlier.last?.step
    }

    /// The reports that became part of the series, with those of the earlier attempt ahead of the first one.
    mutating func add(_ line: MetricLine, timeMs: Int64) throws(HFSError) -> [Report] {
        printed.formUnion(line.values.keys)
        return try add(Report(step: line.step ?? (lastStep ?? -1) + 1, values: line.values, timeMs: timeMs))
    }

    /// Adds scalars of event files, those of one step as one report.
    mutating func add(_ events: [ScalarEvent]) throws(HFSError) -> [Report] {
        var added: [Report] = []
        var report: Report?
        for event in events where !printed.contains(event.tag) {
            if let known = report, known.step != event.step || known.values[event.tag] != nil {
                added += try add(known)
                report = nil
            }
            var next = report ?? Report(step: event.step, values: [:], timeMs: event.timeMs)
            next.values[event.tag] = event.value
            report = next
        }
        if let report { added += try add(report) }
        return added
    }

    private mutating func add(_ report: Report) throws(HFSError) -> [Report] {
        let added = takeEarlier(before: report.step) + [report]
        for report in added { try write(report) }
        return added
    }

    /// All is reported: what is left of the earlier attempt's counts. The reports that became part of the series thereby.
    mutating func finish() throws(HFSError) -> [Report] {
        let added = takeEarlier(before: .max)
        for report in added { try write(report) }
        return added
    }

    private mutating func takeEarlier(before step: Int) -> [Report] {
        defer { earlier = [] }
        return earlier.filter { $0.step < step }
    }

    private mutating func write(_ report: Report) throws(HFSError) {
        count += 1
        lastStep = report.step
        last.merge(report.values) { $1 }
        if reports.count < Self.reportsMax { reports.append(report) }
        file.add(try CanonicalJSON.bytes(report) + [UInt8(ascii: "\n")])
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

    /// The reports in whole lines of a `metrics.jsonl`; what is none is left out.
    static func reports(in bytes: some Collection<UInt8>) -> [Report] {
        bytes.split(separator: UInt8(ascii: "\n")).compactMap { try? CanonicalJSON.value(Report.self, from: $0) }
    }

    /// Adds one metric's values in whole lines of a `metrics.jsonl`.
    static func add(_ metric: String, in bytes: some Collection<UInt8>, to series: inout MetricSeries) {
        for report in reports(in: bytes) {
            guard let value = report.values[metric] else { continue }
            series.append(MetricSeries.Point(step: report.step, value: value))
        }
    }
}
