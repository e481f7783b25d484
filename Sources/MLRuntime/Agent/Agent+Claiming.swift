import Client
import Core

extension Agent {
    /// Waiting trials looked at together.
    private static let candidatesMax = 16

    /// Takes a waiting trial for which there is room, the one of the lowest number; nil when none is left. What waits there and may
    /// not be taken, or is no trial at all, is passed by.
    func claim(
        _ ledger: inout ResourceLedger
    ) async throws(HFSError) -> (trial: ClaimedTrial, grant: ResourceLedger.Grant)? {
        guard let trials = scope.trials, ledger.slots > 0 else { return nil }
        var condition = AttributeCondition.prefix(TrialAttribute.claim, TrialClaim.queuedPrefix)
        while true {
            let waiting = try await fileSystem.find(
                trials, where: condition, order: FindOrder("path"), limit: Self.candidatesMax,
                attributes: [TrialAttribute.claim, TrialAttribute.order])
            for entry in waiting.found {
                if let claimed = try await take(entry, &ledger) { return claimed }
            }
            guard let last = waiting.found.last, waiting.found.count == Self.candidatesMax else { return nil }
            condition = .all([
                .prefix(TrialAttribute.claim, TrialClaim.queuedPrefix), .compare("path", .greater, .text(last.path)),
            ])
        }
    }

    /// Takes what a query found; nil when it is no trial, not this agent's to run, or somebody else was faster.
    private func take(
        _ entry: FindResult.Entry, _ ledger: inout ResourceLedger
    ) async throws(HFSError) -> (trial: ClaimedTrial, grant: ResourceLedger.Grant)? {
        guard let (paths, trial) = ExperimentPaths.trial(at: entry.path), paths.trial(trial) == entry.path,
            let offer = entry.text(TrialAttribute.claim), case .queued(let attempt)? = try? TrialClaim(offer),
            let text = entry.text(TrialAttribute.order),
            let order = try? CanonicalJSON.value(QueuedTrial.self, from: Array(text.utf8)), order.trial == trial,
            let (settings, root) = try await known.settings(paths, on: fileSystem),
            let grant = ledger.take(settings.resources ?? .none)
        else { return nil }
        do throws(HFSError) {
            if let taken = try await take(order, attempt, (paths, root), settings, offer, grant) {
                return (taken, grant)
            }
        } catch {
            ledger.giveBack(grant)
            throw error
        }
        ledger.giveBack(grant)
        return nil
    }

    /// Changes the claim from `offer` to this agent's; nil when somebody else was faster.
    private func take(
        _ order: QueuedTrial, _ attempt: Int, _ experiment: (paths: ExperimentPaths, root: InodeID),
        _ settings: ExperimentSettings, _ offer: String, _ grant: ResourceLedger.Grant
    ) async throws(HFSError) -> ClaimedTrial? {
        let paths = experiment.paths
        var request = HFSFileSystem.RunRequest(name: "\(paths.id)/\(order.trial)")
        request.project = settings.project
        request.kind = "trial"
        request.host = identity.host
        request.parent = try await liveParent(settings)
        let started = try await fileSystem.startRun(request)
        let claim = TrialClaim.running(attempt: attempt, agent: "\(identity)", run: started.run.id)
        guard try await exchange(offer, claim, of: paths.trial(order.trial)) else {
            try await fileSystem.endRun(started.run.id, .killed)
            return nil
        }
        do throws(HFSError) {
            let prepared = try await prepare(
                AttemptPaths(paths, order, attempt: attempt), of: experiment.root, order, attempt, started
            ) { folder throws(HFSError) in
                let values = try TrialVariables.values(order, attempt: attempt, settings, paths, folder)
                let place = try await ProgramPlace.find(
                    settings.command, in: settings.directory, paths, copy: "\(folder.path)/program", on: fileSystem)
                return (AttemptSettings(settings, at: place), grant.environment.merging(values) { $1 })
            }
            return ClaimedTrial(
                runner: prepared.runner, started: started, claim: claim, connection: prepared.connection,
                folder: prepared.folder, credentials: prepared.credentials)
        } catch {
            await ClaimedTrial.end(
                started.run.id, TrialResult(.failed, reason: "the attempt could not be prepared: \(error)"), claim,
                of: paths.trial(order.trial), fileSystem, identity)
            return nil
        }
    }

    /// Whether the claim was changed: not by who may not write there, nor where a trial was.
    private func exchange(_ offer: String, _ claim: TrialClaim, of path: String) async throws(HFSError) -> Bool {
        try await exchange(offer, claim.text(), of: path)
    }

    /// The same for the text of any claim.
    func exchange(_ offer: String, _ claim: String, of path: String) async throws(HFSError) -> Bool {
        do throws(HFSError) {
            return try await fileSystem.exchange(TrialAttribute.claim, of: path, from: offer, to: claim)
        } catch {
            guard error.code == .accessDenied || error.code == .fileNotFound else { throw error }
            return false
        }
    }

    /// The experiment's run while it lives and is this user's: a resumed experiment's may have ended.
    private func liveParent(_ settings: ExperimentSettings) async throws(HFSError) -> RunID? {
        guard let id = settings.run.map(RunID.init) else { return nil }
        do throws(HFSError) {
            return try await fileSystem.run(id)?.state == .running ? id : nil
        } catch {
            guard error.code == .accessDenied else { throw error }
            return nil
        }
    }

    /// Everything that an attempt needs, of a trial or of a worker of a job.
    ///
    /// - Parameters:
    ///   - experiment: the directory of a trial's experiment; nil for a job, whose agents look after one another.
    ///   - describe: the settings and the program's own variables, from the local directory.
    func prepare(
        _ paths: AttemptPaths, of experiment: InodeID?, _ order: QueuedTrial, _ attempt: Int,
        _ started: HFSFileSystem.StartedRun,
        _ describe: (TrialFolder) async throws(HFSError) -> (AttemptSettings, [String: String])
    ) async throws(HFSError) -> PreparedAttempt {
        let given: TrialCredentials
        do {
            given = try credentials(started)
        } catch {
            throw HFSError(.io, "No credentials for \(started.run.id)", cause: "\(error)")
        }
        var folder: TrialFolder?
        do throws(HFSError) {
            let made = try TrialFolder()
            folder = made
            var configuration = fileSystem.configuration
            configuration.token = started.token
            let connection = try await HFSFileSystem.connect(uri, user: fileSystem.user, configuration: configuration)
            let (settings, variables) = try await describe(made)
            var all = environment.merging(given.environment) { $1 }.merging(variables) { $1 }
            all["PYTHONPATH"] = try PythonModule.install(in: made.modules, before: environment["PYTHONPATH"])
            let place = AttemptRunner.Place(
                paths: paths, experiment: experiment, run: started.run.id, fileSystem: connection, folder: made)
            let runner = AttemptRunner(
                place, order: order, attempt: attempt, settings: settings, executor: executor, environment: all,
                clock: clock)
            return PreparedAttempt(runner: runner, connection: connection, folder: made, credentials: given)
        } catch {
            folder?.remove()
            given.remove()
            throw error
        }
    }
}

extension FindResult.Entry {
    /// An attribute that was asked for, as a text.
    func text(_ name: String) -> String? {
        attributes.first { $0.name == name }.map { String(decoding: $0.value, as: UTF8.self) }
    }
}
