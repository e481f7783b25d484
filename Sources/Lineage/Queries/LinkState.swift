/// What became of a version that a graph names.
public enum LinkState: String, Sendable, CaseIterable, Codable {
    /// It is there as it was.
    case live
    /// It is there, with a newer version.
    case changed
    /// It or a directory above it was deleted.
    case deleted
    /// It was deleted and something else took its name.
    case replaced
}
