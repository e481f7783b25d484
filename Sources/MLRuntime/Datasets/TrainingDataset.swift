public import Client
public import Core

/// A version of a training dataset: a directory with `schema.json` and CSV files, published whole and sealed.
public struct TrainingDataset: Hashable, Sendable {
    /// Its directory.
    public let path: String
    public let schema: DatasetSchema

    /// Finds a version: `digits/1`, `digits` for the newest, or the path of one. `.fileNotFound` when there is none.
    public static func open(
        _ reference: String, project: String, on fileSystem: HFSFileSystem
    ) async throws(HFSError) -> TrainingDataset {
        let path = try await DatasetPaths.resolve(reference, project: project, on: fileSystem)
        let bytes = try await fileSystem.contents(of: "\(path)/\(DatasetSchema.fileName)")
        return TrainingDataset(path: path, schema: try CanonicalJSON.value(DatasetSchema.self, from: bytes))
    }

    /// Which rows to read.
    public struct Shard: Hashable, Sendable {
        public var index: Int
        public var count: Int

        /// Row i belongs to shard i modulo `count`.
        public init(_ index: Int, of count: Int) {
            precondition(count > 0 && (0..<count).contains(index))
            self.index = index
            self.count = count
        }
    }

    /// Reads rows into memory.
    /// - Parameters:
    ///   - columns: nil: all of them.
    ///   - omitted: columns to leave out, whoever asks for them.
    public func read(
        columns: [String]? = nil, omitting omitted: Set<String> = [], shard: Shard = Shard(0, of: 1),
        on fileSystem: HFSFileSystem
    ) async throws(HFSError) -> DatasetTable {
        var builder = try DatasetBuilder(self, columns: columns, omitting: omitted, shard: shard)
        for part in schema.parts {
            try builder.add(try await fileSystem.contents(of: "\(path)/\(part.file)"), of: part)
        }
        return builder.table
    }

    /// Makes the next version of a dataset from a CSV file with a header line on this host. A column is of numbers when all its values
    /// are. A worker that has not come to its trial makes none and gets the newest one.
    ///
    /// Errors: `.invalidArgument` for rows of another length than the header, and for a file without rows.
    @discardableResult
    public static func create(
        _ name: String, project: String, csv file: String, on fileSystem: HFSFileSystem
    ) async throws(HFSError) -> TrainingDataset {
        guard !name.isEmpty, !name.hasPrefix("."), !name.contains("/") else {
            throw HFSError(.invalidArgument, "'\(name)' is no name of a training dataset")
        }
        if Experiment.isReplaying { return try await open(name, project: project, on: fileSystem) }
        let folder = DatasetPaths.folder(project)
        let staging = "\(folder)/.new-\(UInt64.random(in: 0...UInt64.max))"
        do throws(HFSError) {
            try await DatasetWriter.write(file, to: staging, on: fileSystem)
            let published = try await fileSystem.publish(staging, as: "\(folder)/\(name)")
            return try await open(published.path, project: project, on: fileSystem)
        } catch {
            _ = try? await fileSystem.delete(staging, recursive: true)
            throw error
        }
    }
}
