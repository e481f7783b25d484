import Client
import Core
import Synchronization

/// Settings of experiments, each read once.
///
/// Only of the agent's own user: settings name the program that the agent runs as itself, and whoever may write to a project could
/// put one there.
final class SettingsCache: Sendable {
    private let known = Mutex<[ExperimentPaths: ExperimentSettings?]>([:])

    /// nil for an experiment of somebody else.
    func settings(
        _ paths: ExperimentPaths, on fileSystem: HFSFileSystem
    ) async throws(HFSError) -> ExperimentSettings? {
        if let settings = known.withLock({ $0[paths] }) { return settings }
        let isOwn = try await fileSystem.status(of: paths.settings).owner == fileSystem.user
        let settings = isOwn ? try await ExperimentStore.settings(paths, on: fileSystem) : nil
        known.withLock { $0[paths] = .some(settings) }
        return settings
    }
}
