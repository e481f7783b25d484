public import Client
public import Core

/// The experiment as Optuna's study, beside its journal.
public enum OptunaExport {
    /// Of so many of the last trials the reports and times are in it, too; each takes two small files to read.
    private static let detailedMax = 200

    /// Writes `optuna.journal`, in place of an earlier one.
    public static func write(_ paths: ExperimentPaths, on fileSystem: HFSFileSystem) async throws(HFSError) {
        let settings = try await ExperimentStore.settings(paths, on: fileSystem)
        let history = try await ExperimentStore.history(paths, on: fileSystem)
        let kept = history.trials.filter { $0.result?.loss(settings.search.direction) != nil }
        let details = try await TrialDetails.read(
            kept.suffix(detailedMax).map(\.index), paths, metric: settings.metric, on: fileSystem)
        let bytes = try OptunaJournal.bytes(paths.id, settings, history, details: details)
        try await fileSystem.write(bytes, to: "\(paths.root)/\(OptunaJournal.fileName)")
    }
}
