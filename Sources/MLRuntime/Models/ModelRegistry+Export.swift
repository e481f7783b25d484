import Client
public import Core

extension ModelRegistry {
    /// Stores a model as the next version of its name. It appears in one step, whole, under a number that nobody else gets; until
    /// then, and when anything fails, nothing of it is seen.
    ///
    /// In a run its provenance is what the run has read (docs/MODELS.md); of a stored source also where that came from.
    /// Errors: `.invalidArgument` for names, metrics, a signature or an example that cannot be, for a source without files and for
    /// special files in it; `.fileNotFound`; what writing may end with.
    public func export(
        _ source: ModelSource, as name: String, _ description: ModelDescription = ModelDescription()
    ) async throws(HFSError) -> ModelVersion {
        let target = try paths.model(name)
        var description = description
        if case .stored(let path) = source {
            description.metrics.merge(try await trialMetrics(path)) { told, _ in told }
        }
        try description.check()
        let record = ModelRecord(
            name: name, project: paths.project, user: fileSystem.user, createdMs: clock.nowMs,
            description: description.text, metrics: description.metrics, signature: description.signature)
        let staging = paths.staging()
        let published: PublishedVersion
        do throws(HFSError) {
            try await fileSystem.makeDirectory(staging)
            guard try await copy(source, to: staging) > 0 else {
                throw HFSError(.invalidArgument, "There are no files to export", subject: source.path)
            }
            try await fileSystem.write(try CanonicalJSON.bytes(record), to: "\(staging)/\(ModelRecord.file)")
            if let example = description.inputExample {
                try await fileSystem.write(example, to: "\(staging)/\(ModelRecord.exampleFile)")
            }
            published = try await fileSystem.publish(staging, as: target, attributes: description.attributes)
        } catch {
            // In a task of its own, because a cancelled one cannot call any more. What stays is hidden and belongs to no model.
            await Task { [fileSystem] in _ = try? await fileSystem.delete(staging, recursive: true) }.value
            throw error
        }
        return try await version(name, published.version, try await aliases(of: target))
    }

    /// Copies a version's files into the local directory `folder`, which must not be there yet and appears when all are.
    public func get(_ version: ModelVersion, to folder: String) async throws(HFSError) {
        try await ModelFiles.download(version.path, to: folder, on: fileSystem)
    }

    private func copy(_ source: ModelSource, to staging: String) async throws(HFSError) -> Int {
        switch source {
        case .local(let path): try await ModelFiles.upload(path, to: staging, on: fileSystem)
        case .stored(let path): try await ModelFiles.copy(path, to: staging, on: fileSystem)
        }
    }

    /// The last values that a trial reported, for a source in its result.
    private func trialMetrics(_ path: String) async throws(HFSError) -> [String: Double] {
        let parts = path.split(separator: "/")
        guard let index = parts.lastIndex(of: "result") else { return [:] }
        let result = "/" + parts[...index].joined(separator: "/")
        guard ExperimentPaths.trial(at: "/" + parts[..<index].joined(separator: "/")) != nil else { return [:] }
        do throws(HFSError) {
            let bytes = try await fileSystem.contents(of: "\(result)/attempt.json")
            return try CanonicalJSON.value(AttemptRecord.self, from: bytes).metrics.filter { $0.value.isFinite }
        } catch {
            guard error.code == .fileNotFound else { throw error }
            return [:]
        }
    }
}

extension ModelSource {
    var path: String {
        switch self {
        case .local(let path), .stored(let path): path
        }
    }
}
