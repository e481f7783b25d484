/// Settings of a space's parameters as points of a cube: one dimension for what has an order, one for each value of what has none.
struct PointEncoding {
    private let parameters: [Parameter]

    init(_ space: SearchSpace) { parameters = space.searched }

    /// The point of some settings; a parameter that is left out lies in the middle, and is none of its values.
    func point(_ settings: [String: ParameterValue]) -> [Double] {
        parameters.flatMap { parameter -> [Double] in
            let value = settings[parameter.name]
            if case .categorical(let values) = parameter.domain {
                // Any two values as far apart as the ends of an ordered dimension.
                return values.map { $0 == value ? 0.7071067811865476 : 0 }
            }
            return [value.flatMap { parameter.domain.position(of: $0) } ?? 0.5]
        }
    }

    /// How many parameters there are to be chosen.
    var count: Int { parameters.count }

    /// Whether the parameter of that number has an order.
    func isOrdered(_ index: Int) -> Bool {
        if case .categorical = parameters[index].domain { return false }
        return true
    }

    /// Where in 0...1 each parameter of some settings lies, the middle for those left out.
    func positions(_ settings: [String: ParameterValue]) -> [Double] {
        parameters.map { parameter in settings[parameter.name].flatMap { parameter.domain.position(of: $0) } ?? 0.5 }
    }
}
