/// The kinds of what a trial leaves.
public enum TrialOutputKind: Hashable, Sendable {
    case value(ParameterValue)
    /// A regular file of this host, kept as `files/<name>`.
    case file(String)
    /// A directory of this host, kept with all regular files below it as `files/<name>`.
    case directory(String)
}
