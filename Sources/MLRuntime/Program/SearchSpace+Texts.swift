public import Core

extension SearchSpace {
    /// Parameters as the command line writes them: `try SearchSpace("lr=log:1e-4..1e-1", "act=relu|tanh")`.
    /// `.invalidArgument` names the one that is wrong.
    public init(_ declarations: String...) throws(HFSError) {
        self = try SpaceParser.parse(declarations)
    }

    /// The space of one setting of these parameters.
    init(of params: TrialParameters, budget: Int?) throws(HFSError) {
        try self.init(Self.fixed(params, budget: budget))
    }

    /// Parameters that have one value each, the budget among them.
    static func fixed(_ params: TrialParameters, budget: Int?) -> [Parameter] {
        // The best trial of a search has a parameter that was its budget.
        let values = params.values.filter { $0.key != "budget" || budget == nil }.sorted { $0.key < $1.key }
        return values.map { Parameter($0.key, .categorical([$0.value])) }
            + (budget.map { [Parameter("budget", .budget(low: $0, high: $0))] } ?? [])
    }

    /// Eight hexadecimal digits by which a call of a program is known again: equal spaces have equal ones.
    var fingerprint: String {
        get throws(HFSError) { Fingerprint.text(of: try CanonicalJSON.bytes(self)) }
    }
}
