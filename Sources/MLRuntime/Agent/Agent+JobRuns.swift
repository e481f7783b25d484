import Client
import Core

/// Attempts at jobs, from the start of their workers to their end.
extension Agent {
    /// Attempts that end for a reason that is nobody's failure before a job is given up.
    private static let attemptsMax = 100
    /// Between two looks whether other agents live.
    private static let supervisionIntervalMs: Int64 = 10_000

    /// Runs this agent's workers of a job to their end, and tells of it. When the agent ends, so do they.
    func run(_ part: JobPart) async {
        await withTaskCancellationHandler {
            await Task {
                let results = await runWorkers(part)
                await conclude(part, results)
            }.value
        } onCancel: {
            part.workers.stop(.agentEnds)
        }
    }

    /// Runs the workers at once; one that fails ends the others.
    private func runWorkers(_ part: JobPart) async -> [TrialResult] {
        // Killed before it began.
        if let reason = try? await fileSystem.textAttribute(TrialAttribute.stop, of: part.paths.root) {
            part.workers.stop(.ordered(.killed, reason))
        }
        let first = part.claim.firstRank(of: "\(identity)")
        return await withTaskGroup(of: TrialResult.self) { group in
            for index in part.grants.indices { group.addTask { await runWorker(part, index, first + index) } }
            var results: [TrialResult] = []
            for await result in group {
                results.append(result)
                if result.state != .finished {
                    part.workers.stop(.ordered(.killed, "another worker has ended"))
                }
            }
            return results
        }
    }

    private func runWorker(_ part: JobPart, _ index: Int, _ rank: Int) async -> TrialResult {
        let order = QueuedTrial(trial: rank, seed: UInt32.random(in: 0 ... .max), suggestion: Suggestion([:]))
        let paths = AttemptPaths(part.paths, rank: rank, attempt: part.claim.attempt)
        do throws(HFSError) {
            let prepared = try await prepare(paths, of: nil, order, part.claim.attempt, part.started) {
                folder throws(HFSError) in
                let secrets = try await fetch(part, to: folder)
                let variables = try JobVariables.values(part, rank: rank, index: index, folder)
                let all = part.settings.environment.merging(secrets) { $1 }.merging(variables) { $1 }
                return (AttemptSettings(part.settings, in: folder.work), all)
            }
            part.workers.add(prepared.runner)
            // The program is to listen there.
            part.ports[index].release()
            let result: Result<TrialResult, HFSError>
            do throws(HFSError) {
                result = .success(try await prepared.runner.run(agent: "\(identity)"))
            } catch {
                result = .failure(error)
            }
            await prepared.remove()
            return try result.get()
        } catch {
            return TrialResult(.failed, reason: "worker \(rank) could not be run: \(error)")
        }
    }

    /// Brings what travels with the job, and nothing that others than its user may have written; its secret variables.
    private func fetch(_ part: JobPart, to folder: TrialFolder) async throws(HFSError) -> [String: String] {
        try folder.makeWork()
        let owner = try await known.owner(of: part.paths.settings, on: fileSystem)
        for file in part.settings.files {
            guard let checksum = file.checksum else {
                throw HFSError(
                    .corruptMetadata, "It has no checksum: submit the job again",
                    subject: "\(part.paths.program)/\(file.path)")
            }
            try await KeptFile.fetch(
                file.path, checksum, isExecutable: file.isExecutable, from: part.paths.program, ownedBy: owner,
                to: folder.work, on: fileSystem)
        }
        guard part.settings.hasSecrets else { return [:] }
        let secrets = try await KeptFile.inode(of: part.paths.secrets, ownedBy: owner, on: fileSystem)
        return try CanonicalJSON.value([String: String].self, from: try await fileSystem.contents(of: secrets))
    }

    // MARK: The end

    /// Tells of the end of this agent's workers. What cannot be told is seen by others: this agent's run is ended all the same.
    private func conclude(_ part: JobPart, _ results: [TrialResult]) async {
        let failure = Self.cause(results)
        do throws(HFSError) {
            while let claim = try await JobStore.claim(part.paths, on: fileSystem), claim.state == .running,
                claim.attempt == part.claim.attempt
            {
                guard let next = try await next(part, claim, failure) else { break }
                guard try await exchange(claim.text(), next.text(), of: part.paths.root) else { continue }
                if let result = next.result { try await close(part.paths, next, result) }
                break
            }
        } catch {
            // The claim stays as it is until this agent is found to be gone.
        }
        let state: RunState = failure == nil ? .finished : failure?.state == .killed ? .killed : .failed
        _ = try? await fileSystem.endRun(part.started.run.id, state)
    }

    /// The worst of what became of the workers; nil when all have finished.
    private static func cause(_ results: [TrialResult]) -> TrialResult? {
        results.first { $0.state == .failed } ?? results.first { $0.state != .finished }
    }

    private func next(
        _ part: JobPart, _ claim: JobClaim, _ failure: TrialResult?
    ) async throws(HFSError) -> JobClaim? {
        guard let failure else {
            let done = claim.done("\(identity)")
            guard done.members.allSatisfy(\.isDone) else { return done }
            try await keepResult(part)
            return done.ended(TrialResult(.finished))
        }
        if case .ordered(.killed, let reason)? = part.workers.cause,
            try await fileSystem.textAttribute(TrialAttribute.stop, of: part.paths.root) != nil
        {
            return claim.ended(TrialResult(.killed, reason: reason))
        }
        if part.workers.cause == .agentEnds { return claim.again("its agent was stopped", counts: false) }
        if part.workers.isWarned, failure.state == .killed {
            return claim.again("its agent's time was over", counts: false)
        }
        // Where the others were to meet.
        let meeting = part.claim.firstRank(of: "\(identity)") == 0 ? part.ports.first : nil
        if let meeting, HeldPort.isTaken(meeting.number), claim.attempt < Self.attemptsMax, part.settings.workers > 1 {
            return claim.again("port \(meeting.number) was taken by another program", counts: false)
        }
        return claim.afterFailure(failure, counts: true, retries: part.settings.retries)
    }

    /// The step by which the attempt becomes the job's, in the name of its run: refused when it was ended.
    private func keepResult(_ part: JobPart) async throws(HFSError) {
        var configuration = fileSystem.configuration
        configuration.token = part.started.token
        let connection = try await HFSFileSystem.connect(uri, user: fileSystem.user, configuration: configuration)
        let result: Result<Void, HFSError>
        do throws(HFSError) {
            result = .success(
                try await connection.rename(part.paths.attempt(part.claim.attempt), to: part.paths.result))
        } catch {
            result = .failure(error)
        }
        await connection.close()
        try result.get()
    }

    /// Ends what is left of an attempt with which the job has ended.
    private func close(_ paths: JobPaths, _ claim: JobClaim, _ result: TrialResult) async throws(HFSError) {
        await result.describe(paths.root, metric: "", on: fileSystem)
        let settings = try await JobStore.settings(paths, on: fileSystem)
        for member in claim.members where member.agent != "\(identity)" {
            _ = try await JobLiveness(paths, settings).endIfDead(member, on: fileSystem)
        }
    }

    // MARK: Other agents' jobs

    /// Takes jobs back from agents that are gone.
    func superviseJobs(_ load: inout AgentLoad) async throws(HFSError) {
        guard let jobs = scope.jobs, clock.monotonicMs - load.supervisedMs >= Self.supervisionIntervalMs else { return }
        load.supervisedMs = clock.monotonicMs
        try await recheckParts(&load)
        let running = AttributeCondition.prefix(TrialAttribute.claim, "\(JobClaim.State.running.rawValue) {")
        for entry in try await entries(in: jobs, where: running) {
            guard let paths = JobPaths.job(at: entry.path), scope.onlyJob ?? paths.root == paths.root,
                let text = entry.text(TrialAttribute.claim), let claim = try? JobClaim(text), claim.state == .running,
                let settings = try await known.settings(paths, on: fileSystem)
            else { continue }
            let liveness = JobLiveness(paths, settings)
            for member in claim.members {
                let isGone =
                    if member.agent == "\(identity)" {
                        // Its workers have ended, and of that nothing could be told.
                        !member.isDone && load.jobs[paths.root]?.started.run.id != member.runID
                    } else {
                        try await !liveness.isAlive(member, on: fileSystem)
                    }
                guard isGone else { continue }
                do throws(HFSError) {
                    try await takeBack(paths, settings, claim, text, from: member)
                    break
                } catch {
                    // It is for the agents of another user to take back.
                    guard error.code == .accessDenied else { throw error }
                }
            }
        }
    }

    /// This agent's own parts, whatever was missed of the feed: a job may have been taken back, killed or deleted.
    private func recheckParts(_ load: inout AgentLoad) async throws(HFSError) {
        for (job, part) in load.jobs {
            try await recheck(job, &load)
            guard part.isRunning, let reason = try? await fileSystem.textAttribute(TrialAttribute.stop, of: job) else {
                continue
            }
            load.stop(job, reason)
        }
    }

    /// Fences an attempt one of whose agents is gone: nothing of it takes effect any more. Then it is tried again, unless its result
    /// was kept.
    private func takeBack(
        _ paths: JobPaths, _ settings: JobSettings, _ claim: JobClaim, _ text: String, from dead: JobMember
    ) async throws(HFSError) {
        try await fileSystem.endRun(dead.runID, .killed)
        endPrograms(of: dead, paths, claim)
        let stop = try await fileSystem.textAttribute(TrialAttribute.stop, of: paths.root)
        let next: JobClaim
        if try await fileSystem.exists(paths.result) {
            next = claim.ended(TrialResult(.finished))
        } else if let stop {
            next = claim.ended(TrialResult(.killed, reason: stop))
        } else if claim.attempt >= Self.attemptsMax {
            next = claim.ended(TrialResult(.failed, reason: "\(claim.attempt) attempts were lost with their agents"))
        } else {
            next = claim.again("\(dead.agent) is gone", counts: false)
        }
        guard try await exchange(text, next.text(), of: paths.root), let result = next.result else { return }
        try await close(paths, next, result)
    }

    /// A killed agent leaves its programs behind: on this host they are ended here, and nobody else's.
    private func endPrograms(of dead: JobMember, _ paths: JobPaths, _ claim: JobClaim) {
        guard ProcessIdentity(dead.agent)?.host == identity.host else { return }
        let first = claim.firstRank(of: dead.agent)
        for rank in first..<first + dead.ports.count {
            let variables = JobVariables.identity(paths, claim.attempt, rank).map { "\($0.key)=\($0.value)" }
            ProcessIdentity.killAll(startedWith: Set(variables))
        }
    }
}
