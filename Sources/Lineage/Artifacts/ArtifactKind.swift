/// What an artifact is. The raw values are what `hfs.artifact` attributes, stored graphs and answers hold.
public enum ArtifactKind: String, Sendable, CaseIterable, Codable {
    case project
    case featureGroup = "feature-group"
    case trainingDataset = "training-dataset"
    case experiment, trial, model, checkpoint, log
    case tensorBoardRun = "tensorboard"
    case notebook, environment
    /// A directory marked as an artifact of a kind that this version does not know.
    case other

    /// The attribute on a directory that names its kind; it wins over any convention.
    public static let attributeName = "hfs.artifact"

    /// Whether the files below a directory of this kind are its content. A project's are artifacts of their own.
    package var ownsContent: Bool { self != .project }

    /// The kind that an attribute's value names; nil for one that is no text or is empty.
    package init?(attribute value: [UInt8]) {
        guard !value.isEmpty, let text = String(validating: value, as: UTF8.self) else { return nil }
        self = ArtifactKind(rawValue: text) ?? .other
    }

    /// Whether an event's attribute is `attributeName`, in the user namespace or without one.
    package static func isAttribute(_ name: String) -> Bool {
        name == attributeName || name == "user.hfs.artifact"
    }
}
