/// When a parameter counts: only where an earlier one has one of these values.
public struct ParameterCondition: Hashable, Sendable, Codable {
    /// The name of the parameter that decides.
    public var parameter: String
    public var values: [ParameterValue]

    public init(_ parameter: String, in values: [ParameterValue]) {
        self.parameter = parameter
        self.values = values
    }

    func holds(for parameters: [String: ParameterValue]) -> Bool {
        parameters[parameter].map(values.contains) ?? false
    }
}
