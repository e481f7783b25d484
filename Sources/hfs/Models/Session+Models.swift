import Core
import Lineage
import MLRuntime
import Provenance

extension Session {
    /// Runs `body` on a project's models. What is missing is said in the registry's words, which name the model.
    func withModels(_ options: ExperimentOptions, _ body: (ModelRegistry) async throws -> Void) async throws {
        do {
            try await body(ModelRegistry(project: options.resolvedProject, on: fileSystem))
        } catch let error as HFSError where error.code == .fileNotFound || error.code == .alreadyExists {
            throw Complaint("", "\(error)")
        }
    }

    /// A version with what made it, as provenance knows by now.
    func described(_ version: ModelVersion) async throws -> ModelVersionOutput {
        let fileSystem = fileSystem
        let finder = ModelOriginFinder(on: fileSystem) { query throws(HFSError) in
            try await ProvenanceClient.ask(query, of: fileSystem, deadlineMs: ProvenanceClient.asideDeadlineMs)
        }
        do throws(HFSError) {
            return try ModelVersionOutput(version, origin: .success(await finder.origin(of: version.path)))
        } catch {
            if error.code == .cancelled { throw error }
            return try ModelVersionOutput(version, origin: .failure(error))
        }
    }
}
