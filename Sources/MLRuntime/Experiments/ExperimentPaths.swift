/// Where the parts of an experiment lie.
public struct ExperimentPaths: Hashable, Sendable {
    /// `/Projects/P/Experiments/NAME-N`.
    public let root: String

    public init(_ root: String) { self.root = root }

    /// Where a project's experiments are.
    public static func experiments(of project: String) -> String { "/Projects/\(project)/Experiments" }

    /// The last part of the path: what commands call it.
    public var id: String { root.split(separator: "/").last.map(String.init) ?? root }
    var settings: String { "\(root)/experiment.json" }
    var journal: String { "\(root)/journal.jsonl" }
    public var trials: String { "\(root)/trials" }

    /// A trial's directory.
    public func trial(_ index: Int) -> String {
        let digits = String(index)
        return "\(trials)/\(String(repeating: "0", count: max(0, 6 - digits.count)))\(digits)"
    }

    /// What the attempt that counts left: the trial's outputs.
    public func result(_ trial: Int) -> String { "\(self.trial(trial))/result" }
    func attempt(_ trial: Int, _ attempt: Int) -> String { "\(self.trial(trial))/attempts/\(attempt)" }

    /// The experiment and the number of the trial whose directory `path` is.
    static func trial(at path: String) -> (experiment: ExperimentPaths, trial: Int)? {
        let parts = path.split(separator: "/")
        guard parts.count >= 3, parts[parts.count - 2] == "trials", let index = Int(parts[parts.count - 1]) else {
            return nil
        }
        return (ExperimentPaths("/" + parts.dropLast(2).joined(separator: "/")), index)
    }
}
