/// Where the files of a model to be exported are.
public enum ModelSource: Hashable, Sendable {
    /// A directory or file of this host.
    case local(String)
    /// A directory or file in the filesystem, of which the model becomes a copy: provenance then knows where it came from.
    case stored(String)
}
