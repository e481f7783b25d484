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
    /// What running trials have reported so far.
    var tails: [Int: MetricTail] = [:]
    private var isDone = false
    /// There may be trials that a driver before this one offered and that the journal's end, lost in a power cut, would tell of.
    private var mayHaveLost: Bool

    /// Between two looks at running trials' reports.
    private static let reportsIntervalMs: UInt32 = 1000
    /// Between two looks whether agents live.
    private static let livenessIntervalMs: Int64 = 10_000

    /// Begins to drive a new experiment.
    public static func start(
        _ paths: ExperimentPaths, on fileSystem: HFSFileSystem, tell: @escaping @Sendable (DriverEvent) -> Void
    ) async throws(HFSError) -> Driver {
        let settings = try await ExperimentStore.settings(paths, on: fileSystem)
        let identity = try await takeWheel(paths, from: nil, on: fileSystem)
        let journal = try await JournalFile.create(paths.journal, on: fileSystem)
        return try Driver(fileSystem, paths, settings, journal, identity, [], false, tell)
    }

    /// Goes on with an experiment whose driver is gone. `.alreadyBeingCreated` while it is not.
    public static func resume(
        _ paths: ExperimentPaths, on fileSystem: HFSFileSystem, tell: @escaping @Sendable (DriverEvent) -> Void
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
        guard try await fileSystem.exists(paths.journal) else {
            let journal = try await JournalFile.create(paths.journal, on: fileSystem)
            return try Driver(fileSystem, paths, settings, journal, identity, [], true, tell)
        }
        let (journal, records) = try await JournalFile.takeOver(paths.journal, on: fileSystem, clock: SystemClock())
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
        await Task {
            try? await journal.close()
            if isDone {
                try? await fileSystem.setAttribute(TrialAttribute.state, ExperimentState.finished.rawValue, of: root)
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
        var cursor = try await fileSystem.readEvents(from: .end).nextLSN
        try await reconcile()
        try await answerAll()
        var checkedMs = clock.monotonicMs
        var lookedMs = checkedMs
        while true {
            try await fill()
            if isDone { return }
            let page = try await fileSystem.readEvents(
                from: .lsn(cursor), EventQuery(path: paths.root, kinds: [.setXAttr]),
                waitMs: Self.reportsIntervalMs)
            cursor = page.nextLSN
            for entry in page.entries {
                try await answer(entry)
                guard case .attribute(TrialAttribute.claim, _, .some(let value)) = entry.event.change,
                    let (_, trial) = ExperimentPaths.trial(at: entry.event.path)
                else { continue }
                try await handle(trial, TrialClaim(String(decoding: value, as: UTF8.self)))
            }
            if clock.monotonicMs - lookedMs >= Int64(Self.reportsIntervalMs) {
                lookedMs = clock.monotonicMs
                try await stopHopeless()
            }
            guard clock.monotonicMs - checkedMs >= Self.livenessIntervalMs else { continue }
            checkedMs = clock.monotonicMs
            try await fenceLost()
        }
    }

    /// Offers trials while slots are free.
    private mutating func fill() async throws(HFSError) {
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
