import Client
import Core

/// Jobs are taken the oldest first: who has room for a worker of the oldest gives it to that one, and keeps it for that one.
extension Agent {
    /// Jobs that wait in one project and are looked at.
    private static let waitingMax = 1000

    private struct Waiting {
        let paths: JobPaths
        let settings: JobSettings
        /// As it was read.
        let text: String
        let claim: JobClaim
    }

    private enum Answer {
        /// It has what this agent can give, or needs nothing of it.
        case passed
        /// What is free is kept for it.
        case reserved
        /// Somebody else changed the claim.
        case overtaken
    }

    /// Takes workers of waiting jobs while there is room; false when what is left is kept for a job.
    func takeJobs(_ load: inout AgentLoad) async throws(HFSError) -> Bool {
        guard let jobs = scope.jobs else { return true }
        var waiting = try await waitingJobs(in: jobs)
        try await recheck(waiting, &load)
        while !waiting.isEmpty {
            let job = waiting.removeFirst()
            switch try await offer(job, younger: waiting, &load) {
            case .passed: continue
            case .reserved: return false
            case .overtaken: waiting = try await waitingJobs(in: jobs)
            }
        }
        return true
    }

    /// Those that this agent may run, the oldest first: in the same order for all agents.
    private func waitingJobs(in folder: String) async throws(HFSError) -> [Waiting] {
        let condition = AttributeCondition.any([
            .prefix(TrialAttribute.claim, "\(JobClaim.State.queued.rawValue) "),
            .prefix(TrialAttribute.claim, "\(JobClaim.State.gathering.rawValue) "),
        ])
        var waiting: [Waiting] = []
        for entry in try await entries(in: folder, where: condition) {
            guard let paths = JobPaths.job(at: entry.path), scope.onlyJob ?? paths.root == paths.root,
                let text = entry.text(TrialAttribute.claim), let claim = try? JobClaim(text),
                let settings = try await known.settings(paths, on: fileSystem)
            else { continue }
            waiting.append(Waiting(paths: paths, settings: settings, text: text, claim: claim))
        }
        return waiting.sorted { ($0.settings.createdMs, $0.paths.root) < ($1.settings.createdMs, $1.paths.root) }
    }

    func entries(
        in folder: String, where condition: AttributeCondition
    ) async throws(HFSError) -> [FindResult.Entry] {
        do throws(HFSError) {
            return try await fileSystem.find(
                folder, where: condition, limit: Self.waitingMax, attributes: [TrialAttribute.claim]
            ).found
        } catch {
            // No job was ever submitted.
            guard error.code == .fileNotFound else { throw error }
            return []
        }
    }

    /// Gives a job what this agent has for it.
    private func offer(_ job: Waiting, younger: [Waiting], _ load: inout AgentLoad) async throws(HFSError) -> Answer {
        switch try await turn(job) {
        case .waits: return .passed
        case .never(let reason):
            let end = job.claim.ended(TrialResult(.failed, reason: reason))
            return try await exchange(job.text, end.text(), of: job.paths.root) ? .passed : .overtaken
        case .now: break
        }
        // What this agent has of it is of an earlier attempt, and has yet to end.
        if load.jobs[job.paths.root]?.isRunning == true { return .reserved }
        try await dropUnknown(job, &load)
        let claim = try await withoutDead(job)
        let need = job.settings.workers - claim.gathered
        guard need > 0, capacity.lack(for: job.settings.resources) == nil, try await canEverRun(job)
        else { return .passed }
        var grants = room(for: job, need, &load)
        if grants.isEmpty, try await withdraw(younger, &load) { grants = room(for: job, need, &load) }
        guard !grants.isEmpty else { return .reserved }
        do throws(HFSError) {
            guard try await join(job, claim, grants, &load) else { return .overtaken }
        } catch {
            // Another user's agent had it before, whose run this one may not end.
            guard error.code == .accessDenied else { throw error }
            return .passed
        }
        return grants.count < need ? .reserved : .passed
    }

    private enum Turn {
        case now
        case waits
        case never(String)
    }

    /// Whether the jobs before it have finished.
    private func turn(_ job: Waiting) async throws(HFSError) -> Turn {
        if job.claim.attempt > 1 || job.claim.state == .gathering { return .now }
        for path in job.settings.after {
            let name = JobPaths(path).id
            guard let before = try await JobStore.claim(JobPaths(path), on: fileSystem) else {
                return .never("\(name), for which it waited, is gone")
            }
            guard before.state == .ended else { return .waits }
            if before.result?.state != .finished {
                return .never("\(name), for which it waited, ended as \(before.result?.state.rawValue ?? "-")")
            }
        }
        return .now
    }

    /// A job that needs more than all agents together have keeps nothing from others.
    private func canEverRun(_ job: Waiting) async throws(HFSError) -> Bool {
        let alone = capacity.count(of: job.settings.resources)
        if alone >= job.settings.workers { return true }
        let roster = try await AgentRoster.read(project: job.settings.project, job: job.paths, on: fileSystem)
        return roster.room(for: job.settings.resources, atMost: job.settings.workers) >= job.settings.workers
    }

    /// Gives up a part that the claim does not tell of as it is: others took it for dead, or its attempt has come and gone.
    private func dropUnknown(_ job: Waiting, _ load: inout AgentLoad) async throws(HFSError) {
        guard let part = load.jobs[job.paths.root],
            !job.claim.members.contains(part.member("\(identity)", capacity.address))
        else { return }
        try await fileSystem.endRun(part.started.run.id, .killed)
        load.endJob(job.paths.root)
    }

    private func withoutDead(_ job: Waiting) async throws(HFSError) -> JobClaim {
        guard job.claim.state == .gathering else { return job.claim }
        var dead: Set<String> = []
        let liveness = JobLiveness(job.paths, job.settings)
        for member in job.claim.members where member.agent != "\(identity)" {
            if try await liveness.endIfDead(member, on: fileSystem) { dead.insert(member.agent) }
        }
        return dead.isEmpty ? job.claim : job.claim.left(by: dead)
    }

    private func room(for job: Waiting, _ need: Int, _ load: inout AgentLoad) -> [ResourceLedger.Grant] {
        var grants: [ResourceLedger.Grant] = []
        while grants.count < need, let grant = load.ledger.take(job.settings.resources) { grants.append(grant) }
        return grants
    }

    /// Takes this agent's workers back from younger jobs that still gather theirs; whether there were any.
    private func withdraw(_ younger: [Waiting], _ load: inout AgentLoad) async throws(HFSError) -> Bool {
        var hasAny = false
        for job in younger.reversed() {
            guard let part = load.jobs[job.paths.root], !part.isRunning, job.claim.state == .gathering else { continue }
            let claim = job.claim.left(by: ["\(identity)"])
            guard try await exchange(job.text, claim.text(), of: job.paths.root) else { continue }
            try await fileSystem.endRun(part.started.run.id, .killed)
            load.endJob(job.paths.root)
            hasAny = true
        }
        return hasAny
    }

    /// Adds this agent's workers to a job; false when somebody else was faster.
    private func join(
        _ job: Waiting, _ claim: JobClaim, _ grants: [ResourceLedger.Grant], _ load: inout AgentLoad
    ) async throws(HFSError) -> Bool {
        let before = load.jobs[job.paths.root]
        var begun: HFSFileSystem.StartedRun?
        let result: Result<Bool, HFSError>
        do throws(HFSError) {
            let started = if let before { before.started } else { try await startRun(job) }
            if before == nil { begun = started }
            var part = JobPart(
                paths: job.paths, settings: job.settings, started: started, grants: (before?.grants ?? []) + grants,
                ports: before?.ports ?? [], claim: claim)
            while part.ports.count < part.grants.count { part.ports.append(try HeldPort()) }
            let next = claim.joined(
                by: part.member("\(identity)", capacity.address), workers: job.settings.workers)
            if next.state == .running {
                // From here on nothing of an earlier attempt takes effect.
                for run in claim.fence { try await fileSystem.endRun(run, .failed) }
            }
            let isMine = try await exchange(job.text, next.text(), of: job.paths.root)
            if isMine {
                part.claim = next
                load.set(part)
                if next.state == .running { load.start(job.paths.root, next) }
            }
            result = .success(isMine)
        } catch {
            result = .failure(error)
        }
        if case .success(true) = result { return true }
        for grant in grants { load.ledger.giveBack(grant) }
        if let begun { _ = try? await fileSystem.endRun(begun.run.id, .killed) }
        return try result.get()
    }

    private func startRun(_ job: Waiting) async throws(HFSError) -> HFSFileSystem.StartedRun {
        var request = HFSFileSystem.RunRequest(name: job.paths.id)
        request.project = job.settings.project
        request.kind = "job"
        request.host = identity.host
        return try await fileSystem.startRun(request)
    }

    // MARK: What others do

    /// Takes in a changed claim of a job that this agent has a part in. The feed tells late of changes before this agent's own: what
    /// would end the part is asked of the claim itself.
    func follow(_ job: String, _ told: JobClaim, _ load: inout AgentLoad) async throws(HFSError) {
        guard let part = load.jobs[job] else { return }
        if isGoing(part, told) { return told.state == .running ? load.start(job, told) : () }
        let now = try await JobStore.claim(part.paths, on: fileSystem)
        if let now, isGoing(part, now) {
            if now.state == .running { load.start(job, now) }
        } else if part.isRunning {
            part.workers.stop(.ordered(.killed, "the attempt has ended elsewhere"))
        } else {
            try await fileSystem.endRun(part.started.run.id, .killed)
            load.endJob(job)
        }
    }

    /// The same with the claim as it is now, whatever was missed of the feed.
    func recheck(_ job: String, _ load: inout AgentLoad) async throws(HFSError) {
        // A new claim has no members: it lets no part go on.
        try await follow(job, JobClaim(), &load)
    }

    /// Whether a claim lets a part go on as it is, or start.
    private func isGoing(_ part: JobPart, _ claim: JobClaim) -> Bool {
        claim.members.contains { $0.run == part.started.run.id.rawValue }
            && (claim.state == .running || claim.state == .gathering && !part.isRunning)
    }

    /// Parts whose jobs do not gather any more.
    private func recheck(_ waiting: [Waiting], _ load: inout AgentLoad) async throws(HFSError) {
        let listed = Set(waiting.map(\.paths.root))
        for (job, part) in load.jobs where !part.isRunning && !listed.contains(job) {
            try await recheck(job, &load)
        }
    }
}
