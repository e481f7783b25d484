/// What came of an experiment.
public struct SearchResult: Sendable {
    /// The experiment's directory.
    public let path: String
    /// The trial with the best metric, the earliest of equals; with budgets among those with the largest one.
    public let best: TrialOutcome
    /// What the best trial's closure gave back: numbers and texts, `files/NAME` for files and directories.
    public let outputs: [String: ParameterValue]
    /// All, in their order.
    public let trials: [TrialOutcome]

    /// Where a file or directory that the best trial's closure gave back lies in the filesystem; nil where it gave none of that
    /// name.
    public func file(_ name: String) -> String? {
        guard case .text(let text) = outputs[name], text.hasPrefix("files/") else { return nil }
        return "\(best.path)/\(text)"
    }
}
