public import Client
public import Core

/// Has Slurm run agents for what waits in a project. Agents whose jobs end before the work does are submitted again.
public struct SlurmPlacement: Sendable {
    private struct Submitted: Sendable {
        let work: WaitingWork?
        var state: SlurmState
    }

    private let fileSystem: HFSFileSystem
    private let project: String
    private let queue: SlurmQueue
    private let script: SlurmScript
    private let options: [String]
    private let tell: @Sendable (String) -> Void
    private var plan: SlurmPlan
    private var submitted: [String: Submitted] = [:]
    private var told: Set<String> = []

    /// How long an agent waits for work before it gives its place back.
    private static let pilotIdleSeconds = 60
    /// An agent of one trial or job waits for its next attempt.
    private static let ownIdleSeconds = 15

    /// - Parameters:
    ///   - most: agents at once.
    ///   - http: where the namenode serves its own program, `host:port`.
    ///   - program: this process's own.
    ///   - options: of sbatch.
    public init(
        _ fileSystem: HFSFileSystem, uri: String, project: String, mode: SlurmMode, most: Int, http: String,
        program: String, options: [String], environment: [String: String], tell: @escaping @Sendable (String) -> Void
    ) {
        self.fileSystem = fileSystem
        self.project = project
        self.options = options
        self.tell = tell
        plan = SlurmPlan(mode, most: most)
        queue = SlurmQueue(name: "hfs-\(project)-\(ProcessIdentity.current.pid)", environment: environment)
        script = SlurmScript(uri: uri, user: fileSystem.user, http: http, program: program, arguments: [])
    }

    /// Looks once at what waits and what Slurm has, and submits what is missing.
    public mutating func step() async throws(HFSError) {
        try await look()
        let waiting = try await WaitingWork.list(project: project, on: fileSystem)
        let live = submitted.values.map { SlurmPlan.Live(path: $0.work?.path, isRunning: $0.state == .running) }
        for submission in plan.next(waiting, live) {
            var script = script
            script.arguments = ["--project", project, "--slots", "1"]
            if let work = submission.work { script.arguments += ["--only", work.path] }
            let idle = submission.work == nil ? Self.pilotIdleSeconds : Self.ownIdleSeconds
            script.arguments += ["--idle", "\(idle)"]
            let ids = try await queue.submit(
                script, count: submission.count, resources: submission.work?.resources ?? .none, options: options)
            for id in ids { submitted[id] = Submitted(work: submission.work, state: .queued) }
            let what = submission.work.map { "for \($0.path)" } ?? "for what waits"
            tell("slurm \(ids[0])\(ids.count > 1 ? " to \(ids.last ?? "")" : ""): \(ids.count) agents \(what)")
        }
        for work in waiting where plan.isGivenUp(work) && told.insert(work.key).inserted {
            tell(
                "\(work.path): \(SlurmPlan.submissionsMax) agents came to nothing for attempt \(work.attempt): no more are tried"
            )
        }
    }

    /// Ends all agents; what they ran is given back.
    public func cancel() async throws(HFSError) { try await queue.cancel(submitted.keys.sorted()) }

    /// Takes in what became of agents.
    private mutating func look() async throws(HFSError) {
        guard !submitted.isEmpty else { return }
        let states = try await queue.states()
        for (id, before) in submitted {
            // One that squeue has forgotten has ended, in whatever way.
            let state = states[id] ?? .finished
            submitted[id]?.state = state == .unknown ? before.state : state
            switch state {
            case .queued, .running, .unknown: continue
            case .finished: break
            case .failed: tell("slurm \(id) has failed")
            case .lost: tell("slurm \(id) was lost")
            case .killed:
                tell("slurm \(id) was cancelled")
                if let work = before.work { plan.giveUp(work) }
            }
            submitted[id] = nil
        }
    }
}
