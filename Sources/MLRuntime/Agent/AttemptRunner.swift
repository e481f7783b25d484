import Client
import Core
import Synchronization

/// One attempt at a trial, or a worker of a job's, from the claim to the result. Everything that it writes, it writes in the name of
/// the attempt's run: once that run is ended by somebody else, nothing of it reaches the trial.
final class AttemptRunner: Sendable {
    /// Why the program was told to stop.
    enum StopCause: Hashable, Sendable {
        /// A rule of early stopping; its metric counts.
        case early(String)
        /// Its agent ends: the attempt is given back.
        case agentEnds
        /// Somebody else's decision, or the time limit: it ends so, with that reason.
        case ordered(TrialResult.State, String)
    }

    private struct State {
        var program: (any RunningProgram)?
        var cause: StopCause?
    }

    private let paths: AttemptPaths
    let order: QueuedTrial
    let attempt: Int
    private let settings: AttemptSettings
    /// Acts in the attempt's name.
    private let fileSystem: HFSFileSystem
    private let executor: any Executor
    private let environment: [String]
    private let folder: TrialFolder
    private let clock: any HFSClock
    private let state = Mutex(State())

    private static let flushIntervalMs: Int64 = 1000
    private static let outputWaitMs: Int64 = 250

    init(
        paths: AttemptPaths, order: QueuedTrial, attempt: Int, settings: AttemptSettings,
        fileSystem: HFSFileSystem, executor: any Executor, environment: [String], folder: TrialFolder,
        clock: any HFSClock
    ) {
        self.paths = paths
        self.order = order
        self.attempt = attempt
        self.settings = settings
        self.fileSystem = fileSystem
        self.executor = executor
        self.environment = environment
        self.folder = folder
        self.clock = clock
    }

    var directoryOfTrial: String { paths.trial }
    private var directory: String { paths.directory }

    /// Ends the program, now or as soon as it has started. The first cause counts.
    func stop(_ cause: StopCause) {
        let program = state.withLock { state -> (any RunningProgram)? in
            if state.cause == nil { state.cause = cause }
            return state.program
        }
        program?.stop(graceMs: settings.graceMs)
    }

    /// Runs the program and keeps what it leaves. What goes wrong is the result's reason; thrown is only what kept the attempt from
    /// being written down.
    func run(agent: String, run: RunID) async throws(HFSError) -> TrialResult {
        let startedMs = clock.nowMs
        try await fileSystem.makeDirectory(directory)
        try await fetchCheckpoint()
        var metrics = MetricLog(directory, on: fileSystem)
        var log = OutputLog("\(directory)/output.log", on: fileSystem)
        var result: TrialResult
        do throws(HFSError) {
            let ending = try await execute(&metrics, &log)
            result = try await collect(ending, metrics)
        } catch {
            if error.code == .invalidToken || error.code == .leaseExpired { throw error }
            result = TrialResult(.failed, step: metrics.lastStep, reason: error.description)
        }
        let endedMs = clock.nowMs
        let isSuccess = result.state == .finished || result.state == .stopped
        let isTold = settings.needsMetric || !metrics.reports.isEmpty
        let events =
            isTold
            ? metrics.events(
                order, group: "trial \(order.trial)", startedMs: startedMs, endedMs: endedMs, isSuccess: isSuccess) : []
        let record = AttemptRecord(
            trial: order.trial, attempt: attempt, agent: agent, run: "\(run)", parameters: order.suggestion.parameters,
            seed: order.seed, startedMs: startedMs, endedMs: endedMs, metrics: metrics.last, result: result)
        try await seal(metrics, log, events: events, try CanonicalJSON.bytes(record), startedMs: startedMs)
        await keepInputs(run, startedMs)
        if isSuccess, let name = paths.result {
            // The step by which the attempt becomes the trial's: refused when another one has.
            try await fileSystem.rename(directory, to: name)
            await result.describe(directoryOfTrial, metric: settings.metric, on: fileSystem)
        }
        return result
    }

    // MARK: Parts

    /// Ends the files of the attempt, at once: each takes a round to the datanodes and back.
    private func seal(
        _ metrics: MetricLog, _ log: OutputLog, events: [UInt8], _ record: [UInt8], startedMs: Int64
    ) async throws(HFSError) {
        let name = EventFile.name(
            timeMs: startedMs, host: ProcessIdentity.current.host, suffix: "\(order.trial).\(attempt)")
        async let logFailure = log.closingFailure()
        async let metricsFailure = metrics.closingFailure()
        async let eventsFailure = writingFailure(events, name)
        async let recordFailure = writingFailure(record, "attempt.json")
        for failure in await [logFailure, metricsFailure, eventsFailure, recordFailure] {
            if let failure { throw failure }
        }
    }

    /// Writes down what the attempt has read, if it read anything: what is not known then is known by its absence alone.
    private func keepInputs(_ run: RunID, _ startedMs: Int64) async {
        guard
            let manifest = try? await InputManifest.read(
                run, sinceMs: startedMs, outside: paths.root, on: fileSystem), !manifest.inputs.isEmpty,
            let bytes = try? CanonicalJSON.bytes(manifest)
        else { return }
        _ = await writingFailure(bytes, InputManifest.fileName)
    }

    /// Writes a file of the attempt, if there is anything in it; what kept it from being written.
    private func writingFailure(_ bytes: [UInt8], _ name: String) async -> HFSError? {
        if bytes.isEmpty { return nil }
        do throws(HFSError) {
            try await fileSystem.write(bytes, to: "\(directory)/\(name)")
            return nil
        } catch {
            return error
        }
    }

    private func execute(_ metrics: inout MetricLog, _ log: inout OutputLog) async throws(HFSError) -> ProgramEnding {
        let program = try executor.start(
            ProgramRequest(
                arguments: settings.command, environment: environment, directory: settings.directory))
        let isStopped = state.withLock { state -> Bool in
            state.program = program
            return state.cause != nil
        }
        if isStopped { program.stop(graceMs: settings.graceMs) }
        defer { state.withLock { $0.program = nil } }
        do throws(HFSError) {
            if let process = program.process {
                try await fileSystem.setAttribute(TrialAttribute.process, "\(process)", of: directory)
            }
            return try await follow(program, &metrics, &log)
        } catch {
            // Whatever kept its output from being written: it must not go on alone.
            program.stop(graceMs: 0)
            while case .bytes = try await program.output(waitMs: Self.outputWaitMs) {}
            throw error
        }
    }

    /// Takes a program's output until its end.
    private func follow(
        _ program: any RunningProgram, _ metrics: inout MetricLog, _ log: inout OutputLog
    ) async throws(HFSError) -> ProgramEnding {
        var splitter = LineSplitter()
        var events = EventFolder(folder.logs)
        var flushedMs = clock.monotonicMs
        let limitMs = settings.timeLimitMs.map { flushedMs + $0 } ?? .max
        while true {
            if clock.monotonicMs >= limitMs { stop(.ordered(.failed, settings.overtime)) }
            switch try await program.output(waitMs: Self.outputWaitMs) {
            case .bytes(let bytes):
                if !bytes.isEmpty { try await log.write(bytes) }
                for line in splitter.lines(bytes) { try await take(line, &metrics) }
                guard clock.monotonicMs - flushedMs >= Self.flushIntervalMs else { continue }
                flushedMs = clock.monotonicMs
                try await metrics.add(try await events.read())
                try await log.flush()
                try await metrics.flush()
            case .ended(let ending):
                if let line = splitter.finish() { try await take(line, &metrics) }
                try await metrics.add(try await events.read())
                return ending
            }
        }
    }

    private func take(_ line: String, _ metrics: inout MetricLog) async throws(HFSError) {
        if let report = MetricLine(line) { try await metrics.add(report, timeMs: clock.nowMs) }
    }

    /// The result of a program that has ended, with its files kept.
    private func collect(_ ending: ProgramEnding, _ metrics: MetricLog) async throws(HFSError) -> TrialResult {
        let cause = state.withLock { $0.cause }
        let outputs = try ProgramOutputs(folder.outputs)
        if let bytes = outputs.bytes { try await fileSystem.write(bytes, to: "\(directory)/outputs.json") }
        for (name, file) in outputs.files(in: folder.path) {
            try await FileCopy.uploadFile(file, to: "\(directory)/files/\(name)", on: fileSystem)
        }
        try await FileCopy.upload(folder.logs, to: "\(directory)/logs", on: fileSystem)
        try await FileCopy.upload(folder.checkpoints, to: "\(directory)/checkpoints", on: fileSystem)
        let metric = outputs.numbers[settings.metric] ?? metrics.last[settings.metric]
        let step = metrics.lastStep
        switch cause {
        case .agentEnds: return TrialResult(.killed, metric: metric, step: step, reason: "its agent was stopped")
        case .early(let reason): return TrialResult(.stopped, metric: metric, step: step, reason: reason)
        case .ordered(let state, let reason): return TrialResult(state, metric: metric, step: step, reason: reason)
        case nil: break
        }
        if let failure = ending.failure {
            return TrialResult(.failed, metric: metric, step: step, reason: failure)
        }
        if metric == nil, !settings.needsMetric { return TrialResult(.finished, step: step) }
        guard let metric else {
            return TrialResult(
                .failed, step: step,
                reason:
                    "the metric '\(settings.metric)' was never reported: print 'hfs::metric \(settings.metric)=NUMBER', "
                    + "or write it to an event file in $HFS_LOGDIR")
        }
        return TrialResult(.finished, metric: metric, step: step)
    }

    /// What the attempt goes on from: the trial's last attempt's checkpoint, else that of the trial that was promoted.
    private func fetchCheckpoint() async throws(HFSError) {
        for attempt in paths.earlier + [paths.parent].compactMap({ $0 }) {
            let source = "\(attempt)/checkpoints"
            guard try await fileSystem.exists(source) else { continue }
            return try await FileCopy.download(source, to: folder.checkpoints, on: fileSystem)
        }
    }
}
