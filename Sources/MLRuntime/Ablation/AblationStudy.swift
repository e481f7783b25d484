public import Core

/// What each part of a program contributes: one trial with all parts, and one without each of them.
///
/// A part is a component that the program asks about, a feature of its data, or a group of those left out together; a custom
/// variant sets parameters otherwise. Repetitions share seeds: the base and its variants differ in the part alone.
public struct AblationStudy: Hashable, Sendable {
    /// A group of parts that are left out together.
    public struct Group: Hashable, Sendable {
        public var name: String
        public var components: [String]

        public init(_ name: String, _ components: [String]) {
            self.name = name
            self.components = components
        }
    }

    /// Parameters that are set otherwise.
    public struct Custom: Hashable, Sendable {
        public var name: String
        public var parameters: [String: ParameterValue]

        public init(_ name: String, _ parameters: [String: ParameterValue]) {
            self.name = name
            self.parameters = parameters
        }
    }

    /// What the trial with all parts is called.
    public static let base = "base"

    public var components: [String]
    public var groups: [Group]
    public var custom: [Custom]
    /// Of the base trial and, where they are not set otherwise, of all others.
    public var parameters: [String: ParameterValue]
    public var repeats: Int

    /// `.invalidArgument` for a study without parts, a name that is there twice, a group of what is no component.
    public init(
        components: [String], groups: [Group] = [], custom: [Custom] = [], parameters: [String: ParameterValue] = [:],
        repeats: Int = 1
    ) throws(HFSError) {
        let names = components + groups.map(\.name) + custom.map(\.name)
        guard !names.isEmpty else {
            throw HFSError(
                .invalidArgument, "An ablation study needs something to leave out: components, features, a group")
        }
        var seen: Set<String> = [Self.base]
        for name in names {
            guard !name.isEmpty, !name.contains("\n") else {
                throw HFSError(.invalidArgument, "'\(name)' is no name of a component")
            }
            guard seen.insert(name).inserted else {
                throw HFSError(
                    .invalidArgument,
                    name == Self.base ? "'base' is the trial with all parts" : "'\(name)' is there twice")
            }
        }
        for group in groups {
            for component in group.components where !components.contains(component) {
                throw HFSError(
                    .invalidArgument, "The group '\(group.name)' has '\(component)', which is none of the components")
            }
            guard !group.components.isEmpty else {
                throw HFSError(.invalidArgument, "The group '\(group.name)' is empty")
            }
        }
        guard (1...1000).contains(repeats) else {
            throw HFSError(.invalidArgument, "\(repeats) repetitions: between 1 and 1000")
        }
        guard (names.count + 1) * repeats <= Limits.experimentTrialsMax else {
            throw HFSError(.invalidArgument, "The study has more than \(Limits.experimentTrialsMax) trials")
        }
        self.components = components
        self.groups = groups
        self.custom = custom
        self.parameters = parameters
        self.repeats = repeats
    }

    /// Its trials: the base's repetitions first, then each variant's.
    public func trials(seed: UInt64) -> [PlannedTrial] {
        var variants: [(name: String, omitted: [String], parameters: [String: ParameterValue])] = [(Self.base, [], [:])]
        variants += components.map { ($0, [$0], [:]) }
        variants += groups.map { ($0.name, $0.components, [:]) }
        variants += custom.map { ($0.name, [], $0.parameters) }
        return variants.flatMap { variant in
            (0..<repeats).map { number in
                var suggestion = Suggestion(parameters.merging(variant.parameters) { $1 })
                suggestion.variant = variant.name
                suggestion.components = ComponentChoice(
                    included: components.filter { !variant.omitted.contains($0) }, omitted: variant.omitted)
                return PlannedTrial(
                    seed: RandomGenerator.trialSeed(seed, index: number), suggestion: suggestion)
            }
        }
    }
}
