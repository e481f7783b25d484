import Client
import Core

extension InputManifest {
    /// What a trial that has left a result read; nil where it read nothing, or nothing is known of it.
    static func kept(
        _ paths: ExperimentPaths, _ trial: Int, on fileSystem: HFSFileSystem
    ) async throws(HFSError) -> InputManifest? {
        do throws(HFSError) {
            let bytes = try await fileSystem.contents(of: "\(paths.result(trial))/\(fileName)")
            return try CanonicalJSON.value(InputManifest.self, from: bytes)
        } catch {
            guard error.code == .fileNotFound else { throw error }
            return nil
        }
    }
}
