/// What each part of a program contributes.
public struct AblationResult: Sendable {
    /// The experiment's directory.
    public let path: String
    /// The metric with all parts.
    public let base: Double
    /// The parts, that which contributes the most first; those whose trial has no result last.
    public let parts: [Part]

    /// A part that was left out.
    public struct Part: Hashable, Sendable {
        public let name: String
        /// The metric without it; nil where its trial has no result.
        public let metric: Double?
        /// By how much the whole is better; negative where the part does harm.
        public let contribution: Double?
    }

    /// nil where the trial with all parts has no result.
    init?(_ result: SearchResult, _ direction: Direction) {
        func name(_ trial: TrialOutcome) -> String? { try? trial.params.text(AblationSpace.parameter) }
        guard let whole = result.trials.first(where: { name($0) == AblationSpace.base })?.counted else { return nil }
        path = result.path
        base = whole
        let parts = result.trials.compactMap { trial -> Part? in
            guard let part = name(trial), part != AblationSpace.base else { return nil }
            let contribution = trial.counted.map { direction == .maximize ? whole - $0 : $0 - whole }
            return Part(name: part, metric: trial.counted, contribution: contribution)
        }
        self.parts = parts.enumerated().sorted { first, second in
            let (a, b) = (first.element.contribution ?? -.infinity, second.element.contribution ?? -.infinity)
            return a != b ? a > b : first.offset < second.offset
        }.map(\.element)
    }
}

extension TrialOutcome {
    /// The metric where it counts.
    fileprivate var counted: Double? { state == .finished || state == .stopped ? metric : nil }
}
