public import Core

extension Trial {
    /// Rows of a training dataset of the experiment's project: `digits/1`, `digits` for the newest version, or the path of one.
    /// Features that an ablation study leaves out are left out here.
    ///
    /// - Parameters:
    ///   - columns: nil: all of them.
    ///   - isSharded: in distributed training the rows of this rank alone; every rank has some, and no row belongs to two.
    public func dataset(
        _ reference: String, columns: [String]? = nil, isSharded: Bool = false
    ) async throws(HFSError) -> DatasetTable {
        let dataset = try await TrainingDataset.open(reference, project: project, on: fileSystem)
        let shard = isSharded ? TrainingDataset.Shard(rank, of: worldSize) : TrainingDataset.Shard(0, of: 1)
        return try await dataset.read(
            columns: columns, omitting: environment.omitted, shard: shard, on: fileSystem)
    }

    /// The project of the experiment.
    private var project: String {
        let parts = experiment.split(separator: "/")
        return parts.count > 1 && parts[0] == "Projects" ? String(parts[1]) : "default"
    }
}
