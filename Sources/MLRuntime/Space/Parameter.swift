/// A hyperparameter: its name, the values it may take, and when it counts at all.
public struct Parameter: Hashable, Sendable, Codable {
    public var name: String
    public var domain: ParameterDomain
    /// nil: it always counts.
    public var condition: ParameterCondition?

    public init(_ name: String, _ domain: ParameterDomain, if condition: ParameterCondition? = nil) {
        self.name = name
        self.domain = domain
        self.condition = condition
    }
}
