public import Core

extension SearchSpace {
    /// Parameters as the command line writes them: `try SearchSpace("lr=log:1e-4..1e-1", "act=relu|tanh")`.
    /// `.invalidArgument` names the one that is wrong.
    public init(_ declarations: String...) throws(HFSError) {
        self = try SpaceParser.parse(declarations)
    }

    /// The space of one setting of these parameters.
    init(of params: TrialParameters) throws(HFSError) {
        try self.init(
            params.values.sorted { $0.key < $1.key }.map { Parameter($0.key, .categorical([$0.value])) })
    }

    /// Eight hexadecimal digits by which a call of a program is known again: equal spaces have equal ones.
    var fingerprint: String {
        get throws(HFSError) { Fingerprint.text(of: try CanonicalJSON.bytes(self)) }
    }
}
