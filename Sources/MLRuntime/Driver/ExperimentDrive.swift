public import Client
public import Core

/// An experiment driven by this process, with an agent of its own beside the driver unless others are to do the work.
public struct ExperimentDrive: Sendable {
    private let fileSystem: HFSFileSystem
    private let uri: String
    private let isDetached: Bool
    private let capacity: AgentCapacity?
    private let orphanTimeoutMs: Int64
    private let executor: any Executor

    /// - Parameters:
    ///   - uri: the cluster, for programs.
    ///   - isDetached: leaves the trials to agents elsewhere.
    ///   - capacity: what trials may take of this host; nil: slots alone count.
    ///   - orphanTimeoutMs: how long trials go on while no namenode answers; nil: `Agent.orphanTimeoutMsDefault`.
    ///   - executor: where trials' programs run.
    public init(
        _ fileSystem: HFSFileSystem, uri: String, isDetached: Bool = false, capacity: AgentCapacity? = nil,
        orphanTimeoutMs: Int64? = nil, executor: any Executor = LocalExecutor()
    ) {
        self.fileSystem = fileSystem
        self.uri = uri
        self.isDetached = isDetached
        self.capacity = capacity
        self.orphanTimeoutMs = orphanTimeoutMs ?? Agent.orphanTimeoutMsDefault
        self.executor = executor
    }

    /// Makes an experiment and drives it to its end, or until the task is cancelled.
    /// - Parameters:
    ///   - planned: trials that were chosen before; its optimizer adds none.
    ///   - parent: a live run of this user's that the experiment's is nested in; nil: the one that the connection acts for.
    ///   - begun: called when the experiment has its name.
    @discardableResult
    public func new(
        _ settings: ExperimentSettings, planned: [PlannedTrial] = [], parent: RunID? = nil,
        begun: (ExperimentPaths) -> Void = { _ in },
        tell: @escaping @Sendable (DriverEvent) -> Void = { _ in }
    ) async throws(HFSError) -> ExperimentPaths {
        var settings = settings
        var request = HFSFileSystem.RunRequest(name: settings.name)
        request.project = settings.project
        request.parent = parent
        request.kind = "experiment"
        request.command = RunText.command(settings.command)
        request.host = ProcessIdentity.current.host
        let run = try await fileSystem.startRun(request).run.id
        settings.run = run.rawValue
        do throws(HFSError) {
            let paths = try await ExperimentStore.create(settings, planned: planned, on: fileSystem)
            try await ProgramCapture.keep(
                paths, command: settings.command, in: settings.directory, environment: Environment.all, on: fileSystem)
            let driver: Driver
            if planned.isEmpty {
                driver = try await Driver.start(paths, on: fileSystem, tell: tell)
            } else {
                driver = try await Driver.resume(paths, on: fileSystem, tell: tell)
            }
            begun(paths)
            try await drive(driver, paths, settings)
            await end(run, .finished)
            return paths
        } catch {
            await end(run, error.code == .cancelled || Task.isCancelled ? .killed : .failed)
            throw error
        }
    }

    /// Goes on with an experiment whose driver is gone. `.accessDenied` for another user's whose program would run here,
    /// `.invalidArgument` for one without a program.
    public func resume(
        _ paths: ExperimentPaths, begun: (ExperimentPaths) -> Void = { _ in },
        tell: @escaping @Sendable (DriverEvent) -> Void = { _ in }
    ) async throws(HFSError) {
        let settings = try await ExperimentStore.settings(paths, on: fileSystem)
        let owner = try await fileSystem.status(of: paths.root).owner
        guard isDetached || owner == fileSystem.user else {
            throw HFSError(
                .accessDenied,
                "The experiment is \(owner)'s, whose program you would run: resume it with --detached and leave the trials to "
                    + "an agent of \(owner)'s, or to 'hfs agent --any-owner'", subject: paths.root)
        }
        guard !settings.command.isEmpty else {
            throw HFSError(
                .invalidArgument, "It was begun without a program: its trials are asked for ('hfs experiment ask')",
                subject: paths.root)
        }
        let driver = try await Driver.resume(paths, on: fileSystem, tell: tell)
        begun(paths)
        try await drive(driver, paths, settings)
        if let run = settings.run { await end(RunID(run), .finished) }
    }

    // MARK: Parts

    /// What fails here changes nothing of the experiment: a run whose end is not told is lost when its token expires.
    private func end(_ run: RunID, _ state: RunState) async {
        let fileSystem = fileSystem
        await Task { _ = try? await fileSystem.endRun(run, state) }.value
    }

    private func drive(
        _ driver: Driver, _ paths: ExperimentPaths, _ settings: ExperimentSettings
    ) async throws(HFSError) {
        let agent = LocalAgent.make(
            fileSystem, uri: uri, scope: paths.root, slots: settings.parallel, capacity: capacity,
            orphanTimeoutMs: orphanTimeoutMs, executor: executor)
        let hasAgent = !isDetached
        let result: Result<Void, HFSError> = await withTaskGroup(of: (isDriver: Bool, failure: HFSError?).self) {
            group in
            group.addTask {
                var driver = driver
                do throws(HFSError) {
                    try await driver.run()
                    return (true, nil)
                } catch {
                    return (true, error)
                }
            }
            if hasAgent {
                group.addTask {
                    do throws(HFSError) {
                        try await agent.run()
                        return (false, nil)
                    } catch {
                        return (false, error)
                    }
                }
            }
            defer { group.cancelAll() }
            while let (isDriver, failure) = await group.next() {
                if let failure { return .failure(failure) }
                if isDriver { break }
            }
            return .success(())
        }
        try result.get()
        try await OptunaExport.write(paths, on: fileSystem)
    }
}
