import Client
import Core

extension Driver {
    /// Puts a trial that the journal has where agents find it. Doing it again changes nothing. One that an agent has already, by an
    /// offer that the journal lost, is taken in.
    mutating func offer(_ trial: Int) async throws(HFSError) {
        let known = history.trials[trial]
        let path = paths.trial(trial)
        try await fileSystem.makeDirectory(path)
        let order = QueuedTrial(trial: trial, seed: known.seed, suggestion: known.suggestion)
        try await fileSystem.setAttribute(
            TrialAttribute.order, String(decoding: CanonicalJSON.bytes(order), as: UTF8.self), of: path)
        // Agents see no claim: who asked for it tells of its end.
        if known.suggestion.asked?.isReserved == true { return }
        let isOffered = try await fileSystem.exchange(
            TrialAttribute.claim, of: path, from: nil, to: TrialClaim.queued(attempt: 1).text())
        guard !isOffered, let claim = try await fileSystem.textAttribute(TrialAttribute.claim, of: path) else { return }
        try await handle(trial, TrialClaim(claim))
    }

    /// The trial of this number that a driver offered before the journal lost its decision; nil where none did.
    func lostOrder(_ trial: Int) async throws(HFSError) -> QueuedTrial? {
        let path = paths.trial(trial)
        guard try await fileSystem.exists(path),
            let text = try await fileSystem.textAttribute(TrialAttribute.order, of: path)
        else { return nil }
        let order = try CanonicalJSON.value(QueuedTrial.self, from: Array(text.utf8))
        return order.trial == trial ? order : nil
    }

    /// Takes in what agents did while nobody drove, and does again what a killed driver may not have come to.
    mutating func reconcile() async throws(HFSError) {
        for trial in history.trials where trial.result == nil {
            let path = paths.trial(trial.index)
            guard try await fileSystem.exists(path),
                let claim = try await fileSystem.textAttribute(TrialAttribute.claim, of: path)
            else {
                try await offer(trial.index)
                continue
            }
            try await handle(trial.index, TrialClaim(claim))
        }
        try await fenceLost()
    }

    /// Takes in a claim's new value; one that is known already changes nothing.
    mutating func handle(_ trial: Int, _ claim: TrialClaim) async throws(HFSError) {
        guard history.trials.indices.contains(trial), history.trials[trial].result == nil else { return }
        switch claim {
        case .queued: break
        case .running(let attempt, let agent, let run):
            try await began(trial, attempt, agent)
            hold(trial, attempt, run)
        case .ended(let attempt, let agent, let result):
            try await began(trial, attempt, agent)
            try await ended(trial, attempt, result)
        case .failed(let attempt, let agent, let result):
            try await began(trial, attempt, agent)
            try await failed(trial, attempt, result, claim)
        }
    }

    /// Has an attempt watched from now on.
    private mutating func hold(_ trial: Int, _ attempt: Int, _ run: RunID) {
        guard attempt == history.trials[trial].attempts, running[trial]?.run != run else { return }
        release(trial)
        running[trial] = RunningAttempt(attempt, run, sinceMs: clock.monotonicMs)
        watch.add(run, wantsValues: wantsValues)
    }

    /// The trial's attempt runs no more.
    private mutating func release(_ trial: Int) {
        if let old = running.removeValue(forKey: trial) { watch.remove(old.run) }
    }

    private mutating func began(_ trial: Int, _ attempt: Int, _ agent: String) async throws(HFSError) {
        guard attempt > history.trials[trial].attempts else { return }
        try await record(.claimed(trial: trial, attempt: attempt, agent: agent))
        tell(.started(trial: trial, attempt: attempt, parameters: history.trials[trial].suggestion.parameters))
    }

    private mutating func ended(_ trial: Int, _ attempt: Int, _ result: TrialResult) async throws(HFSError) {
        guard attempt == history.trials[trial].attempts else { return }
        release(trial)
        try await record(.ended(trial: trial, attempt: attempt, result: result))
        tell(.ended(trial: trial, result: result))
    }

    /// Offers a failed trial again while it may be, else ends it.
    private mutating func failed(
        _ trial: Int, _ attempt: Int, _ result: TrialResult, _ claim: TrialClaim
    ) async throws(HFSError) {
        let known = history.trials[trial]
        guard attempt == known.attempts else { return }
        release(trial)
        // Its agent may have been unable to tell that the result was kept.
        if let kept = try await keptResult(trial) { return try await close(trial, attempt, kept, claim) }
        if let stopReason {
            let state: TrialResult.State = result.metric == nil ? .killed : .stopped
            let end = TrialResult(state, metric: result.metric, step: result.step, reason: stopReason)
            return try await close(trial, attempt, end, claim)
        }
        let isGivenBack = result.state == .killed
        if known.agent != nil {
            let reason = result.reason ?? "it failed"
            if !isGivenBack, known.failures >= settings.retries {
                let end = TrialResult(.failed, metric: result.metric, step: result.step, reason: reason)
                return try await close(trial, attempt, end, claim)
            }
            try await record(.fenced(trial: trial, attempt: attempt, reason: reason, counts: !isGivenBack))
            tell(.retried(trial: trial, reason: reason))
        }
        _ = try await fileSystem.exchange(
            TrialAttribute.claim, of: paths.trial(trial), from: claim.text(),
            to: TrialClaim.queued(attempt: attempt + 1).text())
    }

    /// Takes trials back whose agents were processes of this host and are gone: no lease need be waited for.
    mutating func fenceLost() async throws(HFSError) {
        for trial in running.keys.sorted() {
            guard let name = history.trials[trial].agent, let run = running[trial]?.run,
                ProcessIdentity(name)?.isAlive == false
            else { continue }
            try await fence(trial, run, "its agent is gone")
        }
    }

    /// Takes a trial back of whose attempt nobody has told for a whole lease.
    mutating func fenceSilent(_ trial: Int, _ run: RunID) async throws(HFSError) {
        try await fence(trial, run, "its agent has been silent for \(settings.attemptLeaseMs / 1000) s")
    }

    /// Ends the attempt's run, after which nothing of it takes effect; then what it did until then counts, or it is tried again.
    private mutating func fence(_ trial: Int, _ run: RunID, _ reason: String) async throws(HFSError) {
        let path = paths.trial(trial)
        // What the feed is about to tell may be known by now.
        guard let claim = try await fileSystem.textAttribute(TrialAttribute.claim, of: path),
            case .running(let attempt, let agent, run) = try TrialClaim(claim),
            attempt == history.trials[trial].attempts
        else { return }
        if stopReason != nil { try await readReports(trial) }
        let last = running[trial]?.series.points.last
        release(trial)
        try await fileSystem.endRun(run, .killed)
        try await endProcess(of: trial, attempt)
        if let kept = try await keptResult(trial) {
            return try await close(trial, attempt, kept, .running(attempt: attempt, agent: agent, run: run))
        }
        if let stopReason {
            let state: TrialResult.State = last == nil ? .killed : .stopped
            let end = TrialResult(state, metric: last?.value, step: last?.step, reason: stopReason)
            return try await close(trial, attempt, end, .running(attempt: attempt, agent: agent, run: run))
        }
        if history.trials[trial].agent != nil {
            try await record(.fenced(trial: trial, attempt: attempt, reason: reason, counts: false))
            tell(.retried(trial: trial, reason: reason))
        }
        _ = try await fileSystem.exchange(
            TrialAttribute.claim, of: path, from: claim, to: TrialClaim.queued(attempt: attempt + 1).text())
    }

    /// Ends a trial whose agent did not end its claim.
    private mutating func close(
        _ trial: Int, _ attempt: Int, _ result: TrialResult, _ claim: TrialClaim
    ) async throws(HFSError) {
        let agent = history.trials[trial].agent ?? "-"
        await result.describe(paths.trial(trial), metric: settings.metric, on: fileSystem)
        try await ended(trial, attempt, result)
        _ = try await fileSystem.exchange(
            TrialAttribute.claim, of: paths.trial(trial), from: claim.text(),
            to: TrialClaim.ended(attempt: attempt, agent: agent, result: result).text())
    }

    /// The result of the attempt that became the trial's; nil while none has.
    private func keptResult(_ trial: Int) async throws(HFSError) -> TrialResult? {
        guard try await fileSystem.exists(paths.result(trial)) else { return nil }
        let bytes = try await fileSystem.contents(of: "\(paths.result(trial))/attempt.json")
        return try CanonicalJSON.value(AttemptRecord.self, from: bytes).result
    }

    /// A killed agent leaves its program behind: on this host it is ended here, if it is one: whoever may write to the attempt may
    /// have named another process.
    private func endProcess(of trial: Int, _ attempt: Int) async throws(HFSError) {
        let directory = paths.attempt(trial, attempt)
        guard try await fileSystem.exists(directory),
            let text = try await fileSystem.textAttribute(TrialAttribute.process, of: directory),
            let process = ProcessIdentity(text)
        else { return }
        process.killGroup(startedWith: TrialVariables.identity(paths, trial, attempt).map { "\($0.key)=\($0.value)" })
    }
}
