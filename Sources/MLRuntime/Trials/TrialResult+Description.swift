import Client
import Core

extension TrialResult {
    /// Sets the attributes by which a trial's directory is found. The result stands without them: what cannot be set is not found
    /// by queries.
    func describe(_ trial: String, metric name: String, on fileSystem: HFSFileSystem) async {
        try? await fileSystem.setAttribute(TrialAttribute.state, state.rawValue, of: trial)
        guard state == .finished || state == .stopped, let metric, !metric.isNaN else { return }
        try? await fileSystem.setAttribute("ml.\(name)", "\(metric)", of: trial)
    }
}
