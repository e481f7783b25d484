import Client
import Core
import MLRuntime

/// An experiment driven by this process, with an agent of its own beside the driver unless others are to do the work.
struct ExperimentRun {
    private let session: Session
    private let options: ExperimentOptions
    private let isDetached: Bool

    init(_ session: Session, _ options: ExperimentOptions, isDetached: Bool) {
        self.session = session
        self.options = options
        self.isDetached = isDetached
    }

    func new(_ settings: ExperimentSettings) async throws {
        let fileSystem = session.fileSystem
        let run = settings.run.map { RunID($0) }
        do {
            let paths = try await ExperimentStore.create(settings, on: fileSystem)
            let driver = try await Driver.start(paths, on: fileSystem, tell: teller(paths, settings))
            try await drive(driver, paths, settings)
        } catch {
            if let run { await end(run, error is CancellationError || Task.isCancelled ? .killed : .failed) }
            throw error
        }
        if let run { await end(run, .finished) }
    }

    func resume(_ paths: ExperimentPaths) async throws {
        let settings = try await ExperimentStore.settings(paths, on: session.fileSystem)
        let owner = try await session.fileSystem.status(of: paths.root).owner
        guard isDetached || owner == session.fileSystem.user else {
            throw HFSError(
                .accessDenied,
                "The experiment is \(owner)'s, whose program you would run: resume it with --detached and leave the trials to "
                    + "an agent of \(owner)'s, or to 'hfs agent --any-owner'", subject: paths.root)
        }
        let driver = try await Driver.resume(paths, on: session.fileSystem, tell: teller(paths, settings))
        try await drive(driver, paths, settings)
        if let run = settings.run { await end(RunID(run), .finished) }
    }

    // MARK: Parts

    /// What fails here changes nothing of the experiment: a run whose end is not told is lost when its token expires.
    private func end(_ run: RunID, _ state: RunState) async {
        let fileSystem = session.fileSystem
        await Task { _ = try? await fileSystem.endRun(run, state) }.value
    }

    private func drive(_ driver: Driver, _ paths: ExperimentPaths, _ settings: ExperimentSettings) async throws {
        if !options.json { Console.standardError("\(paths.root)\n") }
        let agent = LocalAgent.make(session, scope: paths.root, slots: isDetached ? 0 : settings.parallel)
        try await withThrowingTaskGroup(of: Bool.self) { group in
            group.addTask {
                var driver = driver
                try await driver.run()
                return true
            }
            if !isDetached {
                group.addTask {
                    try await agent.run()
                    return false
                }
            }
            defer { group.cancelAll() }
            while let isDriver = try await group.next() {
                if isDriver { break }
            }
        }
        let record = try await session.experiment(paths)
        if options.json { return try session.console.line(JSONOutput.text(record)) }
        let counts = record.ended.sorted { $0.key < $1.key }.map { "\($0.value) \($0.key)" }.joined(separator: ", ")
        try session.console.line("\(record.id): \(counts)")
        guard let best = record.best else { return }
        try session.console.line(
            "best: trial \(best.trial) \(record.metric)=\(best.metric ?? .nan) \(TrialOutput.text(best.parameters))")
    }

    private func teller(_ paths: ExperimentPaths, _ settings: ExperimentSettings) -> @Sendable (DriverEvent) -> Void {
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
