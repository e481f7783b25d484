import Client
import Core

extension TrialResult {
    /// Sets the attributes by which a trial's directory is found. The result stands without them: what cannot be set is not found
    /// by queries.
    func describe(_ trial: String, metric name: String, on fileSystem: HFSFileSystem) async {
        async let described: Void? = try? await fileSystem.setAttribute(
            TrialAttribute.state, state.rawValue, of: trial)
        if state == .finished || state == .stopped, let metric, !metric.isNaN {
            try? await fileSystem.setAttribute("ml.\(name)", "\(metric)", of: trial)
        }
        _ = await described
    }
}
