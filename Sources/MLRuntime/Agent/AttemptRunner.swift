import Client
import Core
import Synchronization

/// One attempt at a trial, or a worker of a job's, from the claim to the result. Everything that it writes, it writes in the name of
/// the attempt's run: once that run is ended by somebody else, nothing of it reaches the trial.
final class AttemptRunner: Sendable {
    /// Why the program was told to stop.
    enum StopCause: Hashable, Sendable {
        /// A rule of early stopping, or a person; its metric counts.
        case early(String)
        /// Its agent ends: the attempt is given back.
        case agentEnds
        /// The attempt's run has ended: nothing that it does takes effect any more.
        case fenced
        /// No namenode has answered its agent for so long.
        case orphaned(String)
        /// Somebody else's decision, or the time limit: it ends so, with that reason.
        case ordered(TrialResult.State, String)
    }

    private struct State {
        var program: (any RunningProgram)?
        var cause: StopCause?
        /// The program was told that its time is nearly over.
        var isWarned = false
    }

    /// What an attempt acts in.
    struct Place: Sendable {
        var paths: AttemptPaths
        /// The directory of a trial's experiment; nil for a worker of a job.
        var experiment: InodeID?
        var run: RunID
        /// Acts in the attempt's name.
        var fileSystem: HFSFileSystem
        var folder: TrialFolder
    }

    let place: Place
    let order: QueuedTrial
    let attempt: Int
    let progress = AttemptProgress()
    let settings: AttemptSettings
    let clock: any HFSClock
    private let executor: any Executor
    private let environment: [String: String]
    private let state = Mutex(State())

    static let flushIntervalMs: Int64 = 1000
    static let outputWaitMs: Int64 = 250

    init(
        _ place: Place, order: QueuedTrial, attempt: Int, settings: AttemptSettings, executor: any Executor,
        environment: [String: String], clock: any HFSClock
    ) {
        self.place = place
        self.order = order
        self.attempt = attempt
        self.settings = settings
        self.executor = executor
        self.environment = environment
        self.clock = clock
    }

    var paths: AttemptPaths { place.paths }
    var run: RunID { place.run }
    var directoryOfTrial: String { paths.trial }
    var directory: String { paths.directory }
    var fileSystem: HFSFileSystem { place.fileSystem }
    var cause: StopCause? { state.withLock { $0.cause } }

    /// Ends the program, now or as soon as it has started. The first cause counts, but that it was fenced counts always.
    func stop(_ cause: StopCause) {
        let program = state.withLock { state -> (any RunningProgram)? in
            if state.cause == nil || cause == .fenced { state.cause = cause }
            return state.program
        }
        program?.stop(graceMs: cause == .fenced ? 0 : settings.graceMs)
    }

    /// What the namenode has to say about it.
    func obey(_ order: AttemptOrder.Kind) {
        switch order {
        case .fenced: stop(.fenced)
        case .stop(let reason): stop(.early(reason))
        }
    }

    /// What the namenode is to know of it now; nil for a worker of a job.
    func report() -> AttemptReport? { place.experiment.map { progress.report(run, $0) } }

    /// Tells the program, if it runs, that its agent's time is nearly over. One that ends for that, and not well, is given back.
    func warn() {
        let program = state.withLock { state -> (any RunningProgram)? in
            state.isWarned = true
            return state.program
        }
        program?.warn()
    }

    /// Runs the program and keeps what it leaves. What goes wrong is the result's reason; thrown is only what kept the attempt from
    /// being written down.
    func run(agent: String) async throws(HFSError) -> TrialResult {
        let startedMs = clock.nowMs
        try await fileSystem.makeDirectory(directory)
        let offer = try await fetchCheckpoint()
        let checkpoints = try CheckpointPublisher(
            place.folder.checkpoints, directory, keep: settings.checkpointsKept, on: fileSystem)
        let files = AttemptFiles(directory, checkpoints: checkpoints, on: fileSystem, clock: clock)
        var metrics = MetricLog(files.metrics, goingOnFrom: offer.reports)
        var result: TrialResult
        do throws(HFSError) {
            let ending = try await execute(files, &metrics, offer)
            tell(try metrics.finish())
            result = try await collect(ending, metrics, checkpoints, offer)
        } catch {
            if error.code == .invalidToken || error.code == .leaseExpired || cause == .fenced { throw error }
            result = TrialResult(.failed, step: metrics.lastStep, reason: error.description)
        }
        try await keep(result, files, metrics, agent: agent, startedMs: startedMs)
        return result
    }

    // MARK: Parts

    /// Ends the files of the attempt, and makes it the trial's if it counts.
    private func keep(
        _ result: TrialResult, _ files: AttemptFiles, _ metrics: MetricLog, agent: String, startedMs: Int64
    ) async throws(HFSError) {
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
        try await seal(files, events: events, try CanonicalJSON.bytes(record), startedMs: startedMs)
        await keepInputs(startedMs)
        guard isSuccess, let name = paths.result else { return }
        // The step by which the attempt becomes the trial's: refused when another one has.
        try await fileSystem.rename(directory, to: name)
        await result.describe(directoryOfTrial, metric: settings.metric, on: fileSystem)
    }

    /// Ends the files of the attempt, at once: each takes a round to the datanodes and back.
    private func seal(
        _ files: AttemptFiles, events: [UInt8], _ record: [UInt8], startedMs: Int64
    ) async throws(HFSError) {
        let name = EventFile.name(
            timeMs: startedMs, host: ProcessIdentity.current.host, suffix: "\(order.trial).\(attempt)")
        async let logFailure = files.log.closingFailure()
        async let metricsFailure = files.metrics.closingFailure()
        async let eventsFailure = writingFailure(events, name)
        async let recordFailure = writingFailure(record, "attempt.json")
        async let cleaned: Void = files.checkpoints.cleanUp()
        for failure in await [logFailure, metricsFailure, eventsFailure, recordFailure] {
            if let failure { throw failure }
        }
        await cleaned
    }

    /// Writes down what the attempt has read, if it read anything: what is not known then is known by its absence alone.
    private func keepInputs(_ startedMs: Int64) async {
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
        let file = SpooledFile("\(directory)/\(name)", on: fileSystem, clock: clock)
        file.add(bytes)
        return await file.closingFailure()
    }

    private func execute(
        _ files: AttemptFiles, _ metrics: inout MetricLog, _ offer: CheckpointStore.Offer
    ) async throws(HFSError) -> ProgramEnding {
        let variables = environment.merging(offer.variables(place.folder.checkpoints)) { $1 }
        let program = try executor.start(
            ProgramRequest(
                arguments: settings.command, environment: variables.map { "\($0.key)=\($0.value)" }.sorted(),
                directory: settings.directory))
        let isStopped = state.withLock { state -> Bool in
            state.program = program
            return state.cause != nil
        }
        if isStopped { program.stop(graceMs: cause == .fenced ? 0 : settings.graceMs) }
        defer { state.withLock { $0.program = nil } }
        // Told while the program runs: it is for who finds its agent gone.
        async let noteFailure = noting(program.process)
        do throws(HFSError) {
            let ending = try await follow(program, files, &metrics)
            if let failure = await noteFailure { throw failure }
            return ending
        } catch {
            // Whatever kept its output from being written: it must not go on alone.
            program.stop(graceMs: 0)
            while case .bytes = try await program.output(waitMs: Self.outputWaitMs) {}
            throw error
        }
    }

    /// Tells which process the attempt's program is; what kept that from being told.
    private func noting(_ process: ProcessIdentity?) async -> HFSError? {
        guard let process else { return nil }
        do throws(HFSError) {
            try await fileSystem.setAttribute(TrialAttribute.process, "\(process)", of: directory)
            return nil
        } catch {
            return error
        }
    }

    /// The result of a program that has ended, with its files kept.
    private func collect(
        _ ending: ProgramEnding, _ metrics: MetricLog, _ checkpoints: CheckpointPublisher,
        _ offer: CheckpointStore.Offer
    ) async throws(HFSError) -> TrialResult {
        if cause == .fenced { throw HFSError(.invalidToken, "The attempt was taken back while it ran") }
        let outputs = try ProgramOutputs(place.folder.outputs)
        try await Patience(fileSystem: fileSystem, clock: clock).run { () async throws(HFSError) in
            if let bytes = outputs.bytes { try await fileSystem.write(bytes, to: "\(directory)/outputs.json") }
            for (name, file) in outputs.files(in: place.folder.path) {
                try await FileCopy.uploadFile(file, to: "\(directory)/files/\(name)", on: fileSystem)
            }
            try await FileCopy.upload(place.folder.logs, to: "\(directory)/logs", on: fileSystem)
            try await checkpoints.publish()
            if ending.isOfItself(cause) { try await checkpoints.keepRest(but: offer.names) }
        }
        return result(ending, metrics.lastStep, outputs.numbers[settings.metric] ?? metrics.last[settings.metric])
    }

    private func result(_ ending: ProgramEnding, _ step: Int?, _ metric: Double?) -> TrialResult {
        switch cause {
        case .agentEnds, .fenced:
            return TrialResult(.killed, metric: metric, step: step, reason: "its agent was stopped")
        case .orphaned(let reason):
            return TrialResult(.killed, metric: metric, step: step, reason: reason)
        case .early(let reason): return TrialResult(.stopped, metric: metric, step: step, reason: reason)
        case .ordered(let state, let reason): return TrialResult(state, metric: metric, step: step, reason: reason)
        case nil: break
        }
        if ending.failure != nil, state.withLock({ $0.isWarned }) {
            return TrialResult(.killed, metric: metric, step: step, reason: "its agent's time was over")
        }
        if let failure = ending.failure {
            return TrialResult(.failed, metric: metric, step: step, reason: failure)
        }
        if metric == nil, !settings.needsMetric { return TrialResult(.finished, step: step) }
        guard let metric else {
            let name = settings.metric
            return TrialResult(
                .failed, step: step,
                reason: "the metric '\(name)' was never reported: print 'hfs::metric \(name)=NUMBER', "
                    + "or write it to an event file in $HFS_LOGDIR")
        }
        return TrialResult(.finished, metric: metric, step: step)
    }

    /// What the attempt goes on from: the newest checkpoint of the trial's earlier attempts, else that of the trial that was
    /// promoted.
    private func fetchCheckpoint() async throws(HFSError) -> CheckpointStore.Offer {
        let folder = place.folder.checkpoints
        for earlier in paths.earlier {
            let offer = try await CheckpointStore.fetch(earlier, to: folder, withReports: true, on: fileSystem)
            if !offer.names.isEmpty { return offer }
        }
        guard let parent = paths.parent else { return CheckpointStore.Offer() }
        return try await CheckpointStore.fetch(parent, to: folder, withReports: false, on: fileSystem)
    }
}
