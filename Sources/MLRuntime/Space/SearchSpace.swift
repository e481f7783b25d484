public import Core

/// The hyperparameters of a search, in the order in which they were declared.
///
/// A space is sound once it exists: names are different and not empty, ranges are not inverted, conditions name an earlier
/// parameter and values that it can take, at most one parameter is the budget.
public struct SearchSpace: Hashable, Sendable {
    public let parameters: [Parameter]

    /// Throws `.invalidArgument` that names the parameter and what is wrong with it.
    public init(_ parameters: [Parameter]) throws(HFSError) {
        var seen: [String: Parameter] = [:]
        for parameter in parameters {
            try Self.check(name: parameter.name)
            guard seen[parameter.name] == nil else {
                throw Self.refusal(parameter.name, "is declared twice")
            }
            try Self.check(parameter.name, parameter.domain)
            if let condition = parameter.condition { try Self.check(parameter, condition, seen) }
            seen[parameter.name] = parameter
        }
        guard parameters.count(where: { $0.domain.kind == "budget" }) <= 1 else {
            throw HFSError(.invalidArgument, "A space has at most one budget parameter")
        }
        guard parameters.count <= Limits.searchParametersMax else {
            throw HFSError(
                .invalidArgument,
                "\(parameters.count) parameters; a space has at most \(Limits.searchParametersMax)")
        }
        self.parameters = parameters
    }

    /// The parameter that says how much a trial may use, with its bounds.
    public var budget: (name: String, low: Int, high: Int)? {
        for parameter in parameters {
            if case .budget(let low, let high) = parameter.domain { return (parameter.name, low, high) }
        }
        return nil
    }

    /// What an optimizer chooses: everything but the budget.
    var searched: [Parameter] { parameters.filter { $0.domain.kind != "budget" } }

    /// Values drawn independently, each part of a range equally likely; parameters whose condition does not hold are left
    /// out, but their draws are made, so that one parameter's values do not depend on another's condition.
    func sample(_ random: inout RandomGenerator) -> [String: ParameterValue] {
        values { _ in random.unit() }
    }

    /// The values at the positions that `position` gives for each searched parameter, in order.
    func values(_ position: (Int) -> Double) -> [String: ParameterValue] {
        var result: [String: ParameterValue] = [:]
        for (index, parameter) in searched.enumerated() {
            let value = parameter.domain.value(at: position(index))
            if parameter.condition?.holds(for: result) ?? true { result[parameter.name] = value }
        }
        return result
    }

    // MARK: Checks

    private static func check(name: String) throws(HFSError) {
        guard !name.isEmpty else { throw HFSError(.invalidArgument, "A parameter has no name") }
        let isPlain = name.utf8.allSatisfy { byte in
            (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
                || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) || byte == UInt8(ascii: "_")
                || byte == UInt8(ascii: "-") || byte == UInt8(ascii: ".")
        }
        guard isPlain, name.utf8.count <= Limits.nameBytesMax else {
            throw refusal(name, "is no name: letters, digits, '_', '-' and '.'")
        }
    }

    private static func check(_ name: String, _ domain: ParameterDomain) throws(HFSError) {
        switch domain {
        case .double(let low, let high, let isLogarithmic, let step):
            try checkRange(name, low, high)
            if isLogarithmic, low <= 0 { throw refusal(name, "a logarithmic range begins above 0, not at \(low)") }
            guard let step else { return }
            if isLogarithmic { throw refusal(name, "a logarithmic range has no step") }
            guard step > 0, step <= high - low || low == high else {
                throw refusal(name, "the step \(step) does not fit into \(low)..\(high)")
            }
            guard (high - low) / step < Double(ParameterValue.wholeMax) else {
                throw refusal(name, "the step \(step) is too small for \(low)..\(high)")
            }
        case .int(let low, let high, let isLogarithmic, let step):
            try checkRange(name, Double(low), Double(high))
            guard low >= -ParameterValue.wholeMax, high <= ParameterValue.wholeMax else {
                throw refusal(name, "whole numbers go from -2^53 to 2^53")
            }
            if isLogarithmic, low < 1 { throw refusal(name, "a logarithmic range begins at 1 or above, not at \(low)") }
            guard step > 0, step <= high - low || low == high else {
                throw refusal(name, "the step \(step) does not fit into \(low)..\(high)")
            }
        case .categorical(let values), .ordinal(let values):
            guard !values.isEmpty else { throw refusal(name, "has no values") }
            guard Set(values).count == values.count else { throw refusal(name, "has a value twice") }
        case .budget(let low, let high):
            try checkRange(name, Double(low), Double(high))
            guard low >= 1, high <= ParameterValue.wholeMax else {
                throw refusal(name, "a budget is at least 1, not \(low)")
            }
        }
    }

    private static func checkRange(_ name: String, _ low: Double, _ high: Double) throws(HFSError) {
        guard low.isFinite, high.isFinite, (high - low).isFinite else {
            throw refusal(name, "the range \(low)..\(high) is not finite")
        }
        guard low <= high else { throw refusal(name, "the range is inverted: \(low) is above \(high)") }
    }

    private static func check(
        _ parameter: Parameter, _ condition: ParameterCondition, _ earlier: [String: Parameter]
    ) throws(HFSError) {
        if parameter.domain.kind == "budget" { throw refusal(parameter.name, "a budget has no condition") }
        guard let other = earlier[condition.parameter] else {
            throw refusal(
                parameter.name, "its condition names '\(condition.parameter)', which is not declared before it")
        }
        for value in condition.values where other.domain.position(of: value) == nil {
            throw refusal(parameter.name, "its condition asks for '\(value)', which '\(other.name)' never is")
        }
        if condition.values.isEmpty { throw refusal(parameter.name, "its condition names no value") }
    }

    static func refusal(_ name: String, _ reason: String) -> HFSError {
        HFSError(.invalidArgument, "Parameter '\(name)': \(reason)")
    }
}

extension SearchSpace: Codable {
    public init(from decoder: any Decoder) throws {
        try self.init(try decoder.singleValueContainer().decode([Parameter].self))
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(parameters)
    }
}
