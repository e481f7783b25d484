import Core
import MLRuntime

extension Session {
    /// An experiment as it stands now.
    func experiment(_ paths: ExperimentPaths, withTrials: Bool = false) async throws -> ExperimentRecord {
        let settings: ExperimentSettings
        do {
            settings = try await ExperimentStore.settings(paths, on: fileSystem)
        } catch let error where error.code == .fileNotFound {
            throw Complaint(paths.root, "No such experiment")
        }
        // The driver first: one that ends between the two questions has written its last record by then.
        let driver = try await ExperimentStore.driver(of: paths, on: fileSystem)
        let history = try await ExperimentStore.history(paths, on: fileSystem)
        let isStopped = try await ExperimentStore.stopReason(of: paths, on: fileSystem) != nil
        let state = try ExperimentState(settings, history, driver: driver, isStopped: isStopped)
        return ExperimentRecord(paths, settings, history, state, withTrials: withTrials)
    }
}
