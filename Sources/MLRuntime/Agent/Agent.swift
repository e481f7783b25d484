public import Client
public import Core

/// A worker: takes trials and jobs that wait below a directory, an experiment, a job or a project, and runs each where it has room. It
/// knows drivers and other agents only by what lies in the filesystem, so one in the driver's process and one on another host are the
/// same.
public struct Agent: Sendable {
    /// An hour: longer than most repairs take, shorter than a night.
    public static let orphanTimeoutMsDefault: Int64 = 3_600_000

    let fileSystem: HFSFileSystem
    let uri: String
    let scope: AgentScope
    let executor: any Executor
    let environment: [String: String]
    let credentials: TrialCredentials.Maker
    let identity = ProcessIdentity.current
    let clock: any HFSClock = SystemClock()
    /// The settings of experiments met so far: they never change.
    let known: TrustedSettings
    let capacity: AgentCapacity
    let renewer: AttemptRenewer

    /// - Parameters:
    ///   - uri: where programs and the attempts' own connections go.
    ///   - scope: a project, an experiment or a job, by its path; what waits there is taken.
    ///   - slots: programs at once.
    ///   - capacity: what it has for programs, in place of so many slots and all of this host.
    ///   - takesAnyOwner: runs anybody's programs; else only those of its own user.
    ///   - orphanTimeoutMs: how long programs go on while no namenode answers.
    ///   - environment: the variables that programs are started with, theirs added.
    public init(
        _ fileSystem: HFSFileSystem, uri: String, scope: String, slots: Int, capacity: AgentCapacity? = nil,
        takesAnyOwner: Bool = false, orphanTimeoutMs: Int64 = Self.orphanTimeoutMsDefault, executor: any Executor,
        environment: [String: String], credentials: @escaping TrialCredentials.Maker
    ) {
        self.fileSystem = fileSystem
        self.uri = uri
        self.scope = AgentScope(scope)
        self.capacity = capacity ?? AgentCapacity(slots: slots, address: LocalAddress.towards(uri))
        renewer = AttemptRenewer(fileSystem, orphanTimeoutMs: orphanTimeoutMs, clock: clock)
        known = TrustedSettings(owner: takesAnyOwner ? nil : fileSystem.user)
        self.executor = executor
        self.environment = environment
        self.credentials = credentials
    }

    enum Happening: Sendable {
        /// Trials or jobs may wait.
        case queued
        /// A job is to be ended.
        case stop(job: String, reason: String)
        /// A job's claim was changed.
        case claim(job: String, JobClaim)
        /// A slot is free again.
        case ended(ObjectIdentifier)
        /// This agent's part in a job has ended.
        case jobEnded(String)
        /// Time has passed.
        case looked
        /// This agent's time is nearly over.
        case warned
        case failed(HFSError)
    }

    /// Works until its task is cancelled, or it has had nothing to do for `idleMs`, or was warned and has nothing left; programs
    /// that run when it is cancelled are ended and their trials given back.
    ///
    /// - Parameter warnings: each is told to the programs, and after the first one nothing more is taken.
    public func run(
        idleMs: Int64? = nil, warnings: AsyncStream<Void> = AsyncStream { $0.finish() }
    ) async throws(HFSError) {
        let cursor = try await fileSystem.readEvents(from: .end).nextLSN
        let sign = AgentSign(identity, in: scope, capacity, on: fileSystem)
        try await sign.show(clock.monotonicMs)
        let (happenings, source) = AsyncStream.makeStream(of: Happening.self)
        let result: Result<Void, HFSError> = await withTaskGroup { group in
            group.addTask { await watch(from: cursor, waitMs: UInt32(clamping: idleMs ?? .max), source) }
            group.addTask { await renewer.run() }
            group.addTask {
                for await _ in warnings { source.yield(.warned) }
            }
            let result = await serve(happenings, source, &group, sign, idleMs: idleMs)
            group.cancelAll()
            return result
        }
        await sign.remove()
        try result.get()
    }

    /// Where agents that work below `scope` show that they live.
    static func agentsDirectory(_ scope: String) -> String { "\(scope)/.agents" }

    /// How long the feed is waited for: as long as this an agent may take to see that another one is gone.
    private static let lookIntervalMs: UInt32 = 10_000
    /// Tells of what the feed says until the task ends.
    private func watch(
        from start: LSN, waitMs: UInt32, _ source: AsyncStream<Happening>.Continuation
    ) async {
        var cursor = start
        source.yield(.queued)
        do throws(HFSError) {
            while !Task.isCancelled {
                let page = try await fileSystem.readEvents(
                    from: .lsn(cursor), EventQuery(path: scope.watched, kinds: [.setXAttr]),
                    waitMs: min(Self.lookIntervalMs, waitMs))
                cursor = page.nextLSN
                for entry in page.entries {
                    guard case .attribute(let name, _, .some(let value)) = entry.event.change,
                        let happening = happening(name, String(decoding: value, as: UTF8.self), at: entry.event.path)
                    else { continue }
                    source.yield(happening)
                }
                source.yield(.looked)
            }
        } catch {
            source.yield(.failed(error))
        }
        source.finish()
    }

    private func happening(_ name: String, _ text: String, at path: String) -> Happening? {
        switch name {
        case TrialAttribute.claim:
            if JobPaths.job(at: path) != nil, let claim = try? JobClaim(text) { return .claim(job: path, claim) }
            return text.hasPrefix(TrialClaim.queuedPrefix) ? .queued : nil
        case TrialAttribute.stop: return JobPaths.job(at: path) == nil ? nil : .stop(job: path, reason: text)
        default: return nil
        }
    }

    private func serve(
        _ happenings: AsyncStream<Happening>, _ source: AsyncStream<Happening>.Continuation,
        _ group: inout TaskGroup<Void>, _ sign: AgentSign, idleMs: Int64?
    ) async -> Result<Void, HFSError> {
        var load = AgentLoad(capacity)
        do throws(HFSError) {
            for await happening in happenings {
                switch happening {
                case .queued, .claim: break
                case .looked:
                    for token in load.dueTokens(clock.monotonicMs) {
                        // One that fails leaves three more before the token expires.
                        _ = try? await fileSystem.renew(token)
                    }
                    try await superviseJobs(&load)
                case .stop(let path, let reason): load.stop(path, reason)
                case .ended(let runner): load.endTrial(runner)
                case .jobEnded(let job): load.endJob(job)
                case .warned: load.warn()
                case .failed(let error): throw error
                }
                if case .claim(let job, let claim) = happening { try await follow(job, claim, &load) }
                let isShown = try await sign.isShown(clock.monotonicMs)
                if isShown, !load.isWarned { try await fill(&load, source, &group) }
                if let idleMs = load.isWarned ? 0 : idleMs, load.isIdle(clock.monotonicMs, for: idleMs) { break }
            }
            return .success(())
        } catch {
            return Task.isCancelled ? .success(()) : .failure(error)
        }
    }

    /// Takes what there is room for: jobs first, the oldest first, then trials.
    private func fill(
        _ load: inout AgentLoad, _ source: AsyncStream<Happening>.Continuation, _ group: inout TaskGroup<Void>
    ) async throws(HFSError) {
        let isRoomLeft = try await takeJobs(&load)
        for (job, part) in load.takeStarting() {
            group.addTask {
                await run(part)
                source.yield(.jobEnded(job))
            }
        }
        guard isRoomLeft else { return }
        while let (claimed, grant) = try await claim(&load.ledger) {
            let id = ObjectIdentifier(claimed.runner)
            load.trials[id] = AgentLoad.Trial(
                runner: claimed.runner, token: claimed.started.token, grant: grant)
            group.addTask {
                await finish(claimed)
                source.yield(.ended(id))
            }
        }
    }

    /// Runs a claimed trial to its end. When the agent ends, so does the program; what must be told is told all the same.
    private func finish(_ claimed: ClaimedTrial) async {
        renewer.add(claimed.runner)
        defer { renewer.remove(claimed.runner) }
        await withTaskCancellationHandler {
            await Task { await claimed.run(fileSystem, identity) }.value
        } onCancel: {
            claimed.runner.stop(.agentEnds)
        }
    }
}
