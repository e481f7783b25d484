import Core

/// An ablation study as a search space: one parameter says what is left out.
struct AblationSpace: Sendable {
    /// The parameter that names what a trial does without.
    static let parameter = "without"
    /// Its value in the trial with all parts.
    static let base = "nothing"

    let space: SearchSpace
    private let groups: [String: [String]]

    /// `.invalidArgument` for a study without parts, and for a name that is there twice.
    init(_ components: [String], groups: [String: [String]], _ params: TrialParameters, budget: Int?) throws(HFSError) {
        let names = components + groups.keys.sorted()
        guard !names.isEmpty else {
            throw HFSError(
                .invalidArgument, "An ablation study needs something to leave out: components, features, a group")
        }
        guard params[Self.parameter] == nil else {
            throw HFSError(.invalidArgument, "'\(Self.parameter)' is what an ablation study calls its own parameter")
        }
        let without = [ParameterValue.text(Self.base)] + names.map { .text($0) }
        space = try SearchSpace(
            SearchSpace.fixed(params, budget: budget) + [Parameter(Self.parameter, .categorical(without))])
        self.groups = groups
    }

    /// Trials: one with all parts, and one without each.
    var count: Int { space.parameters.last?.domain.count ?? 1 }

    /// What a trial of these parameters does without.
    func omitted(_ params: TrialParameters) -> Set<String> {
        guard case .text(let name) = params[Self.parameter], name != Self.base else { return [] }
        return Set(groups[name] ?? [name])
    }
}
