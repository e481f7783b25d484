public import Client
public import Core

/// Experiments as they lie in the filesystem.
public enum ExperimentStore {
    /// Makes the directory of a new experiment, complete before it has its name, and gives that: `NAME-N`, the next free one.
    /// - Parameter planned: trials that were chosen before, the journal's first decisions; `Driver.resume` begins with them.
    public static func create(
        _ settings: ExperimentSettings, planned: [PlannedTrial] = [], on fileSystem: HFSFileSystem
    ) async throws(HFSError) -> ExperimentPaths {
        let parent = ExperimentPaths.experiments(of: settings.project)
        let staging = ExperimentPaths("\(parent)/.new-\(UInt64.random(in: 0...UInt64.max))")
        try await fileSystem.makeDirectory(staging.trials)
        try await fileSystem.write(
            try CanonicalJSON.bytes(settings), to: staging.settings, CreateOptions(mode: TrustedSettings.mode))
        if !planned.isEmpty { try await PlannedTrial.write(planned, staging, on: fileSystem) }
        let header = EventFile.version(timeMs: settings.createdMs) + EventFile.description(of: settings)
        let space = EventFile.hparamsExperiment(
            settings.name, space: settings.search.space, metric: settings.metric, user: settings.user,
            timeMs: settings.createdMs)
        let events = EventFile.name(timeMs: settings.createdMs, host: ProcessIdentity.current.host, suffix: "0")
        try await fileSystem.write(header + space, to: "\(staging.root)/\(events)")
        if let program = settings.program {
            try await fileSystem.setAttribute(TrialAttribute.program, program.text, of: staging.root)
        }
        return ExperimentPaths(
            try await NumberedName.give(settings.name, to: staging.root, in: parent, on: fileSystem))
    }

    /// The settings of an experiment; `.fileNotFound` when there is none.
    public static func settings(
        _ paths: ExperimentPaths, on fileSystem: HFSFileSystem
    ) async throws(HFSError) -> ExperimentSettings {
        try CanonicalJSON.value(ExperimentSettings.self, from: try await fileSystem.contents(of: paths.settings))
    }

    /// What the journal says by now, also while somebody drives the experiment.
    public static func history(
        _ paths: ExperimentPaths, on fileSystem: HFSFileSystem
    ) async throws(HFSError) -> History {
        do throws(HFSError) {
            return try History(Journal.records(in: try await fileSystem.contents(of: paths.journal)).records)
        } catch {
            // Its driver died before the first decision.
            guard error.code == .fileNotFound else { throw error }
            return History()
        }
    }

    /// The experiments of a project, by their names; none when there is no such project.
    public static func list(
        project: String, on fileSystem: HFSFileSystem
    ) async throws(HFSError) -> [ExperimentPaths] {
        let parent = ExperimentPaths.experiments(of: project)
        guard try await fileSystem.exists(parent) else { return [] }
        var found: [ExperimentPaths] = []
        for try await entry in fileSystem.list(parent) where entry.isDirectory {
            let name = String(decoding: entry.name, as: UTF8.self)
            if !name.hasPrefix(".") { found.append(ExperimentPaths("\(parent)/\(name)")) }
        }
        return found
    }

    /// Why somebody has ended the experiment; nil while nobody has.
    public static func stopReason(
        of paths: ExperimentPaths, on fileSystem: HFSFileSystem
    ) async throws(HFSError) -> String? {
        try await fileSystem.textAttribute(TrialAttribute.stop, of: paths.root)
    }

    /// Ends an experiment: its driver stops all trials, whose last metrics count. Where nobody drives it, this does. Returns when it
    /// has ended. Errors: `.accessDenied` for who may not write to it.
    public static func stop(
        _ paths: ExperimentPaths, reason: String, on fileSystem: HFSFileSystem,
        tell: @escaping @Sendable (DriverEvent) -> Void
    ) async throws(HFSError) {
        var cursor = try await fileSystem.readEvents(from: .end).nextLSN
        try await fileSystem.setAttribute(TrialAttribute.stop, reason, of: paths.root)
        while try await !hasEnded(paths, on: fileSystem) {
            do throws(HFSError) {
                var driver = try await Driver.resume(paths, on: fileSystem, staysStopped: true, tell: tell)
                return try await driver.run()
            } catch {
                // Somebody drives it, and ends it: its farewell is an event.
                guard error.code == .alreadyBeingCreated else { throw error }
            }
            let page = try await fileSystem.readEvents(from: .lsn(cursor), EventQuery(path: paths.root), waitMs: 1000)
            cursor = page.nextLSN
        }
    }

    private static func hasEnded(
        _ paths: ExperimentPaths, on fileSystem: HFSFileSystem
    ) async throws(HFSError) -> Bool {
        guard try await driver(of: paths, on: fileSystem) == nil else { return false }
        let settings = try await settings(paths, on: fileSystem)
        let state = try ExperimentState(
            settings, try await history(paths, on: fileSystem), driver: nil, isStopped: true)
        return state == .stopped || state == .finished
    }

    /// Who drives an experiment; nil when nobody does, or did and is gone. Looking changes nothing: a driver on another host that
    /// was killed is taken for one that lives until its journal is closed, by `resume` or when its lease ends.
    public static func driver(
        of paths: ExperimentPaths, on fileSystem: HFSFileSystem
    ) async throws(HFSError) -> ProcessIdentity? {
        guard let text = try await fileSystem.textAttribute(TrialAttribute.driver, of: paths.root),
            let driver = ProcessIdentity(text)
        else { return nil }
        return try await Liveness.seemsAlive(driver, holding: paths.journal, on: fileSystem) ? driver : nil
    }
}
