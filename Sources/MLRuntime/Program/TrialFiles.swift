/// A file or directory of this host that a trial gives back.
public struct TrialFiles: TrialOutput, Hashable {
    public let output: TrialOutputKind
}
