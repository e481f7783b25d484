import Core
import MLRuntime

/// An experiment that a command drives, told on the terminal.
struct ExperimentRun {
    private let session: Session
    private let options: ExperimentOptions
    private let orphans: OrphanOptions?
    private let isDetached: Bool
    private let gpus: String

    /// - Parameter gpus: those of this host that trials get, as `hfs agent --gpus` says it.
    init(
        _ session: Session, _ options: ExperimentOptions, _ orphans: OrphanOptions? = nil, isDetached: Bool,
        gpus: String = "all"
    ) {
        self.session = session
        self.options = options
        self.orphans = orphans
        self.isDetached = isDetached
        self.gpus = gpus
    }

    /// Makes the experiment and drives it to its end.
    /// - Parameter planned: trials that were chosen before; its optimizer adds none, and no summary is printed.
    @discardableResult
    func new(_ settings: ExperimentSettings, planned: [PlannedTrial] = []) async throws -> ExperimentPaths {
        let paths = try await drive(settings).new(
            settings, planned: planned, begun: { begun($0) }, tell: teller(settings))
        if planned.isEmpty { try await summarise(paths) }
        return paths
    }

    func resume(_ paths: ExperimentPaths) async throws {
        let settings = try await ExperimentStore.settings(paths, on: session.fileSystem)
        try await drive(settings).resume(paths, begun: { begun($0) }, tell: teller(settings))
        try await summarise(paths)
    }

    // MARK: Parts

    private func drive(_ settings: ExperimentSettings) async throws(HFSError) -> ExperimentDrive {
        ExperimentDrive(
            session.fileSystem, uri: session.uri, isDetached: isDetached, capacity: try await capacity(settings),
            orphanTimeoutMs: orphans?.orphanTimeoutMs)
    }

    private func begun(_ paths: ExperimentPaths) {
        if !options.json { Console.standardError("\(paths.root)\n") }
    }

    private func summarise(_ paths: ExperimentPaths) async throws {
        let record = try await session.experiment(paths)
        if options.json { return try session.console.line(JSONOutput.text(record)) }
        let counts = record.ended.sorted { $0.key < $1.key }.map { "\($0.value) \($0.key)" }.joined(separator: ", ")
        try session.console.line("\(record.id): \(counts)")
        guard let best = record.best else { return }
        try session.console.line(
            "best: trial \(best.trial) \(record.metric)=\(best.metric ?? .nan) \(TrialOutput.text(best.parameters))")
    }

    /// GPUs are counted where trials ask for some: others see what is there. `.invalidArgument` where no trial could ever run.
    private func capacity(_ settings: ExperimentSettings) async throws(HFSError) -> AgentCapacity? {
        guard let resources = settings.resources, !isDetached else { return nil }
        let capacity = try await AgentOptions.capacity(slots: settings.parallel, gpus: gpus, uri: session.uri)
        guard let lack = capacity.lack(for: resources) else { return capacity }
        throw HFSError(
            .invalidArgument,
            "A trial asks for more than this host has: \(lack). With --detached agents elsewhere take it")
    }

    private func teller(_ settings: ExperimentSettings) -> @Sendable (DriverEvent) -> Void {
        { event in
            let text =
                switch event {
                case .started(let trial, 1, let parameters): "trial \(trial) \(TrialOutput.text(parameters))"
                case .started(let trial, let attempt, _): "trial \(trial) attempt \(attempt)"
                case .retried(let trial, let reason): "trial \(trial) is tried again: \(reason)"
                case .stopping(let trial, let reason): "trial \(trial) is stopped: \(reason)"
                case .ended(let trial, let result): "trial \(trial) \(Self.text(result, settings.metric))"
                }
            Console.standardError("\(text)\n")
        }
    }

    private static func text(_ result: TrialResult, _ metric: String) -> String {
        let value = result.metric.map { " \(metric)=\($0)" } ?? ""
        let reason = result.state == .failed ? result.reason.map { ": \($0)" } ?? "" : ""
        return "\(result.state.rawValue)\(value)\(reason)"
    }
}
