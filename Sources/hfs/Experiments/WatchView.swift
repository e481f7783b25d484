import MLRuntime

/// What `hfs experiment watch` shows.
struct WatchView {
    private let console: Console
    private let paths: ExperimentPaths
    private let settings: ExperimentSettings
    private let isJSON: Bool
    private let isTable: Bool

    /// The table's lines, with its head: what fits on a terminal that nobody has asked for its size.
    private static let linesMax = 22

    init(_ console: Console, _ paths: ExperimentPaths, _ settings: ExperimentSettings, isJSON: Bool) {
        self.console = console
        self.paths = paths
        self.settings = settings
        self.isJSON = isJSON
        isTable = console.isOutputTerminal && !isJSON
    }

    /// How things stand when the watch begins.
    func begin(_ trials: [Int: WatchedTrial]) throws {
        if isTable { return try draw(trials) }
        for trial in trials.values.sorted(by: { $0.trial < $1.trial }) { try tell(trial) }
        try console.flush()
    }

    func changed(_ trial: WatchedTrial, of trials: [Int: WatchedTrial]) throws {
        if isTable { try draw(trials) } else { try tell(trial) }
        try console.flush()
    }

    func end(_ record: ExperimentRecord) throws {
        if isJSON { return try console.line(JSONOutput.line(record)) }
        let counts = record.ended.sorted { $0.key < $1.key }.map { "\($0.value) \($0.key)" }.joined(separator: ", ")
        let best = record.best.map { ", best: trial \($0.trial) \(record.metric)=\($0.metric ?? .nan)" } ?? ""
        try console.line("\(record.id) \(record.state)\(counts.isEmpty ? "" : ": \(counts)")\(best)")
    }

    private func tell(_ trial: WatchedTrial) throws {
        if isJSON { return try console.line(JSONOutput.line(Finite(trial))) }
        try console.line("trial \(row(trial).filter { !$0.isEmpty }.joined(separator: " "))")
    }

    private func draw(_ trials: [Int: WatchedTrial]) throws {
        let all = trials.values.sorted { $0.trial < $1.trial }
        let states = all.reduce(into: [String: Int]()) { $0[$1.state, default: 0] += 1 }
        let counts = states.sorted { $0.key < $1.key }.map { "\($0.value) \($0.key)" }.joined(separator: ", ")
        // What has ended longest ago goes first, what waits last.
        let open = all.filter { ["RUNNING", "QUEUED"].contains($0.state) }.prefix(Self.linesMax)
        let ended = all.filter { !["RUNNING", "QUEUED"].contains($0.state) }.suffix(Self.linesMax - open.count)
        let lines = TextTable.lines((ended + open).map(row), alignedRight: [0])
        try console.line("\u{1B}[H\u{1B}[J\(paths.id)  \(counts)")
        for line in lines { try console.line(line) }
        try console.flush()
    }

    private func row(_ trial: WatchedTrial) -> [String] {
        [
            "\(trial.trial)", trial.attempt > 1 ? "\(trial.state) attempt=\(trial.attempt)" : trial.state,
            trial.metric.map { "\(settings.metric)=\($0)" } ?? "", TrialOutput.text(trial.parameters),
            trial.reason.map { "(\($0))" } ?? "",
        ]
    }

    /// JSON has no NaN.
    private struct Finite: Encodable {
        let trial: Int
        let attempt: Int
        let state: String
        let metric: Double?
        let reason: String?
        let parameters: [String: ParameterValue]

        init(_ trial: WatchedTrial) {
            self.trial = trial.trial
            attempt = trial.attempt
            state = trial.state
            metric = trial.metric.flatMap { $0.isFinite ? $0 : nil }
            reason = trial.reason
            parameters = trial.parameters
        }
    }
}
