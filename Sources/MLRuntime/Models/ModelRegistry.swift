public import Client
public import Core

/// A project's models: directories below `/Projects/P/Models`, each version published whole and for good.
///
/// All of it is files and attributes: any HDFS client reads a version, `hfs find` compares them, deleting the directory deletes
/// the model.
public struct ModelRegistry: Sendable {
    public let paths: ModelPaths
    let fileSystem: HFSFileSystem
    let clock: any HFSClock

    /// Throws `.invalidArgument` for what is no name of a project.
    public init(project: String, on fileSystem: HFSFileSystem) throws(HFSError) {
        paths = try ModelPaths(project: project)
        self.fileSystem = fileSystem
        clock = SystemClock()
    }

    /// The models in the order of their names; none when there is no such project.
    public func models() async throws(HFSError) -> [ModelSummary] {
        guard try await fileSystem.exists(paths.models) else { return [] }
        var names: [String] = []
        for try await entry in fileSystem.list(paths.models) where entry.isDirectory {
            let name = String(decoding: entry.name, as: UTF8.self)
            if !name.hasPrefix(".") { names.append(name) }
        }
        var found: [ModelSummary] = []
        for name in names { found.append(try await model(name)) }
        return found
    }

    /// One model. `.fileNotFound` when there is none.
    public func model(_ name: String) async throws(HFSError) -> ModelSummary {
        let path = try paths.model(name)
        let status = try await status(path, of: "model '\(name)'")
        var versions: [UInt64] = []
        for try await entry in fileSystem.list(path) where entry.isDirectory {
            if let number = UInt64(String(decoding: entry.name, as: UTF8.self)) { versions.append(number) }
        }
        let aliases = try await aliases(of: path)
        return ModelSummary(
            name: name, path: path, versions: versions.sorted(), aliases: aliases, changedMs: status.modifiedMs)
    }

    /// The version that a reference means; without one, the newest. `.fileNotFound` when there is none.
    public func version(_ reference: ModelReference) async throws(HFSError) -> ModelVersion {
        let path = try paths.model(reference.name)
        _ = try await status(path, of: "model '\(reference.name)'")
        let aliases = try await aliases(of: path)
        let number: UInt64
        switch reference.version {
        case .number(let given): number = given
        case .alias(let alias):
            guard let known = aliases.first(where: { $0.name == alias })?.version else {
                throw HFSError(.fileNotFound, "The model '\(reference.name)' has no alias '\(alias)'", subject: path)
            }
            number = known
        case nil:
            guard let newest = try await model(reference.name).versions.last else {
                throw HFSError(.fileNotFound, "The model '\(reference.name)' has no version", subject: path)
            }
            number = newest
        }
        return try await version(reference.name, number, aliases)
    }

    /// The version that is best by a metric, the newest of equals; nil when none has the metric.
    public func best(
        _ name: String, metric: String, direction: Direction = .maximize
    ) async throws(HFSError) -> ModelVersion? {
        let path = try paths.model(name)
        _ = try await status(path, of: "model '\(name)'")
        let field = ModelDescription.metricPrefix + metric
        let isNumber = AttributeCondition.any([
            .compare(field, .less, .number(0)), .compare(field, .greaterOrEqual, .number(0)),
        ])
        let order = FindOrder(field, isDescending: direction == .maximize)
        let found = try await fileSystem.find(
            path, where: .all([.compare("kind", .equal, .text("model")), isNumber]), order: order)
        var best: (value: Double, version: UInt64)?
        for entry in found.found {
            // Versions alone: a directory within one may be a model, too.
            guard entry.path.hasPrefix("\(path)/"), let version = UInt64(entry.path.dropFirst(path.utf8.count + 1)),
                let attribute = entry.attributes.first(where: { $0.name == field }),
                let value = Double(String(decoding: attribute.value, as: UTF8.self))
            else { continue }
            if let best, best.value != value { break }
            if best.map({ version > $0.version }) ?? true { best = (value, version) }
        }
        guard let best else { return nil }
        return try await self.version(name, best.version, try await aliases(of: path))
    }

    // MARK: Parts

    func status(_ path: String, of what: String) async throws(HFSError) -> FileStatus {
        do throws(HFSError) {
            return try await fileSystem.status(of: path)
        } catch {
            guard error.code == .fileNotFound else { throw error }
            throw HFSError(.fileNotFound, "There is no \(what) in the project '\(paths.project)'", subject: path)
        }
    }

    func version(_ name: String, _ number: UInt64, _ aliases: [ModelAlias]) async throws(HFSError) -> ModelVersion {
        let path = try paths.version(name, number)
        let status = try await status(path, of: "version \(number) of the model '\(name)'")
        var version = ModelVersion(
            name: name, version: number, path: path, user: status.owner, createdMs: status.modifiedMs, description: "",
            metrics: [:], aliases: aliases.filter { $0.version == number }.map(\.name))
        for attribute in try await fileSystem.xattrs(of: path) where attribute.isOwn {
            let text = String(decoding: attribute.value, as: UTF8.self)
            if attribute.name == ModelDescription.textAttribute {
                version.description = text
            } else if attribute.name.hasPrefix(ModelDescription.metricPrefix), let number = Double(text) {
                version.metrics[String(attribute.name.dropFirst(ModelDescription.metricPrefix.count))] = number
            }
        }
        if let bytes = try await contents("\(path)/\(ModelRecord.file)") {
            let record = try CanonicalJSON.value(ModelRecord.self, from: bytes)
            version.createdMs = record.createdMs
            version.signature = record.signature
        }
        version.inputExample = try await contents("\(path)/\(ModelRecord.exampleFile)")
        return version
    }

    /// nil when there is no such file: what was published without the registry has none.
    private func contents(_ path: String) async throws(HFSError) -> [UInt8]? {
        do throws(HFSError) {
            return try await fileSystem.contents(of: path)
        } catch {
            guard error.code == .fileNotFound else { throw error }
            return nil
        }
    }
}
