public import Client
public import Core

/// Drives an experiment: decides what is tried, offers it, takes in what became of it. All that it knows is in the journal and in
/// the trials' attributes; a driver that is killed is replaced by `resume`.
public struct Driver: Sendable {
    let fileSystem: HFSFileSystem
    let paths: ExperimentPaths
    let settings: ExperimentSettings
    let optimizer: any Optimizer
    let clock: any HFSClock = SystemClock()
    let tell: @Sendable (DriverEvent) -> Void
    let journal: JournalFile
    let identity: ProcessIdentity
    var history: History
    /// Reports of trials that have ended and whose metric counts.
    var endedSeries: [Int: MetricSeries] = [:]
    /// The attempts that run, by their trials.
    var running: [Int: RunningAttempt] = [:]
    let watch: AttemptWatch
    /// Why the experiment ends before its optimizer is done; nil while it does not.
    var stopReason: String?
    private var isDone = false
    /// There may be trials that a driver before this one offered and that the journal's end, lost in a power cut, would tell of.
    private var mayHaveLost: Bool

    /// Between two looks whether agents live.
    private static let livenessIntervalMs: Int64 = 10_000

    /// Begins to drive a new experiment.
    public static func start(
        _ paths: ExperimentPaths, on fileSystem: HFSFileSystem, tell: @escaping @Sendable (DriverEvent) -> Void
    ) async throws(HFSError) -> Driver {
        let settings = try await ExperimentStore.settings(paths, on: fileSystem)
        let identity = try await takeWheel(paths, from: nil, on: fileSystem)
        let journal = try await JournalFile.create(
            JournalFile.Wheel(paths: paths, driver: identity), on: fileSystem, clock: SystemClock())
        return try Driver(fileSystem, paths, settings, journal, identity, [], false, tell)
    }

    /// Goes on with an experiment whose driver is gone. `.alreadyBeingCreated` while it is not.
    ///
    /// - Parameter staysStopped: with what stops it; else it goes on even so.
    public static func resume(
        _ paths: ExperimentPaths, on fileSystem: HFSFileSystem, staysStopped: Bool = false,
        tell: @escaping @Sendable (DriverEvent) -> Void
    ) async throws(HFSError) -> Driver {
        let settings = try await ExperimentStore.settings(paths, on: fileSystem)
        let before = try await fileSystem.textAttribute(TrialAttribute.driver, of: paths.root)
        if let driver = before.flatMap({ ProcessIdentity($0) }),
            try await Liveness.isAlive(driver, holding: paths.journal, on: fileSystem)
        {
            throw HFSError(
                .alreadyBeingCreated, "The experiment is driven by process \(driver.pid) on \(driver.host)",
                subject: paths.root)
        }
        let identity = try await takeWheel(paths, from: before, on: fileSystem)
        if !staysStopped, let reason = try await ExperimentStore.stopReason(of: paths, on: fileSystem) {
            _ = try await fileSystem.exchange(TrialAttribute.stop, of: paths.root, from: reason, to: nil)
        }
        let wheel = JournalFile.Wheel(paths: paths, driver: identity)
        guard try await fileSystem.exists(paths.journal) else {
            let journal = try await JournalFile.create(wheel, on: fileSystem, clock: SystemClock())
            return try Driver(fileSystem, paths, settings, journal, identity, [], true, tell)
        }
        let (journal, records) = try await JournalFile.takeOver(wheel, on: fileSystem, clock: SystemClock())
        return try Driver(fileSystem, paths, settings, journal, identity, records, true, tell)
    }

    private init(
        _ fileSystem: HFSFileSystem, _ paths: ExperimentPaths, _ settings: ExperimentSettings, _ journal: JournalFile,
        _ identity: ProcessIdentity, _ records: [JournalRecord], _ mayFollow: Bool,
        _ tell: @escaping @Sendable (DriverEvent) -> Void
    ) throws(HFSError) {
        self.fileSystem = fileSystem
        self.paths = paths
        self.settings = settings
        self.journal = journal
        self.identity = identity
        self.tell = tell
        watch = AttemptWatch(fileSystem, experiment: paths.root, leaseMs: settings.attemptLeaseMs)
        optimizer = try settings.optimizer.make(settings.search)
        history = try History(records)
        mayHaveLost = mayFollow
    }

    /// Drives until all trials have ended, or its task is cancelled.
    public mutating func run() async throws(HFSError) {
        let result: Result<Void, HFSError>
        do throws(HFSError) {
            result = .success(try await drive())
        } catch {
            result = .failure(error)
        }
        // Told also when cancelled, so that the next driver need not find out.
        let (fileSystem, journal, root, identity) = (fileSystem, journal, paths.root, identity)
        let isDone = isDone
        let state: ExperimentState = stopReason == nil ? .finished : .stopped
        await Task {
            try? await journal.close()
            if isDone {
                try? await fileSystem.setAttribute(TrialAttribute.state, state.rawValue, of: root)
            }
            _ = try? await fileSystem.exchange(TrialAttribute.driver, of: root, from: "\(identity)", to: nil)
        }.value
        try result.get()
    }

    // MARK: Parts

    /// Makes this process the experiment's driver: of several who try, one is.
    private static func takeWheel(
        _ paths: ExperimentPaths, from before: String?, on fileSystem: HFSFileSystem
    ) async throws(HFSError) -> ProcessIdentity {
        let identity = ProcessIdentity.current
        guard
            try await fileSystem.exchange(TrialAttribute.driver, of: paths.root, from: before, to: "\(identity)")
        else {
            throw HFSError(
                .alreadyBeingCreated, "Another process has begun to drive the experiment", subject: paths.root)
        }
        return identity
    }

    private mutating func drive() async throws(HFSError) {
        let cursor = try await fileSystem.readEvents(from: .end).nextLSN
        try await reconcile()
        if let reason = try await fileSystem.textAttribute(TrialAttribute.stop, of: paths.root) {
            try await stopAll(reason)
        }
        let (all, source) = AsyncStream.makeStream(of: DriverNews.self)
        let watch = watch
        let (fileSystem, root) = (fileSystem, paths.root)
        let result: Result<Void, HFSError> = await withTaskGroup(of: Void.self) { group in
            group.addTask { await Self.follow(root, from: cursor, on: fileSystem, source) }
            group.addTask { await watch.run(source) }
            defer { group.cancelAll() }
            do throws(HFSError) {
                return .success(try await serve(all))
            } catch {
                return .failure(error)
            }
        }
        try result.get()
    }

    /// Tells of attributes that are set below the experiment, until the task is cancelled.
    private static func follow(
        _ root: String, from start: LSN, on fileSystem: HFSFileSystem, _ source: AsyncStream<DriverNews>.Continuation
    ) async {
        var cursor = start
        do throws(HFSError) {
            while !Task.isCancelled {
                let page = try await fileSystem.readEvents(
                    from: .lsn(cursor), EventQuery(path: root, kinds: [.setXAttr]), waitMs: 30_000)
                cursor = page.nextLSN
                if !page.entries.isEmpty { source.yield(.changes(page.entries)) }
            }
        } catch {
            source.yield(.failed(error))
        }
    }

    private mutating func serve(_ all: AsyncStream<DriverNews>) async throws(HFSError) {
        try await answerAll()
        var checkedMs = clock.monotonicMs
        try await fill()
        if isDone { return }
        for await news in all {
            switch news {
            case .changes(let entries): for entry in entries { try await take(entry) }
            case .attempts(let news): try await take(news)
            case .failed(let error): throw error
            }
            if clock.monotonicMs - checkedMs >= Self.livenessIntervalMs {
                checkedMs = clock.monotonicMs
                try await fenceLost()
            }
            try await fill()
            if isDone { return }

        }
        throw HFSError(.cancelled, "The driver was stopped")
    }

    private mutating func take(_ entry: FeedEntry) async throws(HFSError) {
        try await answer(entry)
        guard case .attribute(let name, _, .some(let value)) = entry.event.change else { return }
        let text = String(decoding: value, as: UTF8.self)
        if name == TrialAttribute.stop, entry.event.path == paths.root { return try await stopAll(text) }
        guard name == TrialAttribute.claim, let (_, trial) = ExperimentPaths.trial(at: entry.event.path) else { return }
        try await handle(trial, TrialClaim(text))
    }

    /// Offers trials while slots are free.
    private mutating func fill() async throws(HFSError) {
        guard stopReason == nil else {
            isDone = history.openCount == 0
            return
        }
        while history.offeredCount < settings.parallel {
            switch optimizer.decide(history) {
            case .trial(let suggestion):
                let trial = history.trials.count
                var order = QueuedTrial(
                    trial: trial, seed: RandomGenerator.trialSeed(settings.search.seed, index: trial),
                    suggestion: suggestion)
                if mayHaveLost {
                    let lost = try await lostOrder(trial)
                    mayHaveLost = lost != nil
                    order = lost ?? order
                }
                try await record(.enqueued(trial: trial, seed: order.seed, suggestion: order.suggestion))
                try await offer(trial)
            case .wait: return
            case .done:
                isDone = history.openCount == 0
                return
            }
        }
    }

    /// Writes a decision down before it is acted on.
    mutating func record(_ record: JournalRecord) async throws(HFSError) {
        var next = history
        try next.apply(record)
        try await journal.append(record)
        history = next
    }
}
