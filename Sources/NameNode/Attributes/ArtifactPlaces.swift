import Core

/// What lies where in a project, by convention: `/Projects/<project>/Models/...` and the like.
enum ArtifactPlaces {
    private static let kinds: [(directory: String, kind: String)] = [
        ("Models", "model"), ("TrainingDatasets", "training-dataset"), ("FeatureStore", "feature-group"),
        ("Experiments", "experiment"),
    ]

    /// The value of `hfs.artifact` for what is published at `path`; nil outside the places that the convention names.
    static func kind(of path: FilePath) -> [UInt8]? {
        guard path.count > 3, path.component(0) == ReservedNames.projects else { return nil }
        let place = path.component(2).description
        return kinds.first { $0.directory == place }.map { Array($0.kind.utf8) }
    }
}
