public import Lineage

/// What made a version of a model, as provenance has it: nobody told it.
public struct ModelOrigin: Hashable, Sendable {
    /// Something that the model came from, as it was then.
    public struct Source: Hashable, Sendable {
        /// Where it is now, or was when it was deleted; nil when whoever asks may not know.
        public var path: String?
        /// nil: a file.
        public var kind: ArtifactKind?
        public var id: ArtifactVersion
        /// What has become of it since.
        public var state: LinkState
        /// Steps from the model.
        public var depth: Int
    }

    /// The runs behind it, the one that made the version first.
    public var runs: [LineageRun] = []
    /// Paths; nil where it was made outside of any, or by one that whoever asks may not see.
    public var experiment: String?
    public var trial: String?
    public var trainingDatasets: [Source] = []
    public var featureGroups: [Source] = []
    public var environments: [Source] = []
    /// Everything else that it came from, the nearest first.
    public var others: [Source] = []
    /// Nothing was left out.
    public var isComplete = true
}
