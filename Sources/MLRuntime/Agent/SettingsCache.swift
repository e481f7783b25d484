import Client
import Core
import Synchronization

/// Settings of experiments, each read once.
final class SettingsCache: Sendable {
    private let known = Mutex<[ExperimentPaths: ExperimentSettings]>([:])

    func settings(
        _ paths: ExperimentPaths, on fileSystem: HFSFileSystem
    ) async throws(HFSError) -> ExperimentSettings {
        if let settings = known.withLock({ $0[paths] }) { return settings }
        let settings = try await ExperimentStore.settings(paths, on: fileSystem)
        known.withLock { $0[paths] = settings }
        return settings
    }
}
