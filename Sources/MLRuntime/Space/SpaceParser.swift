public import Core

/// Parameters as the command line writes them:
///
///     lr=log:1e-4..1e-1            momentum=0.0..0.9           dropout=double:0..0.5:step0.1
///     hidden=int:16..256:step16    batch=int:16..512:log       layers=1..4
///     act=relu|tanh                width=ordinal:16|64|256     epochs=budget:1..27
///     momentum=0.0..0.9 if opt=sgd|nesterov
///
/// A range without a kind is of whole numbers when both its bounds are; values between bars without a kind are categorical.
public enum SpaceParser {
    /// The space of several declarations. `.invalidArgument` names the one that is wrong.
    public static func parse(_ declarations: [String]) throws(HFSError) -> SearchSpace {
        var parameters: [Parameter] = []
        for declaration in declarations { parameters.append(try parameter(declaration)) }
        return try SearchSpace(parameters)
    }

    static func parameter(_ declaration: String) throws(HFSError) -> Parameter {
        let (text, condition) = try splitCondition(declaration)
        guard let equals = text.firstIndex(of: "=") else {
            throw refusal(declaration, "it has no '=': name=kind:values")
        }
        let name = trimmed(text[..<equals])
        let rest = trimmed(text[text.index(after: equals)...])
        guard !rest.isEmpty else { throw refusal(declaration, "it has no values") }
        let domain: ParameterDomain
        if let colon = rest.firstIndex(of: ":"), let read = kinds[String(rest[..<colon])] {
            domain = try read(declaration, String(rest[rest.index(after: colon)...]))
        } else if rest.contains("..") {
            domain = try range(declaration, rest)
        } else {
            domain = .categorical(try values(declaration, rest))
        }
        return Parameter(name, domain, if: condition)
    }

    private typealias Reader = @Sendable (String, String) throws(HFSError) -> ParameterDomain

    private static let kinds: [String: Reader] = [
        "double": { (all, text) throws(HFSError) in try double(all, text) },
        "log": { (all, text) throws(HFSError) in try double(all, text + ":log") },
        "int": { (all, text) throws(HFSError) in try int(all, text) },
        "categorical": { (all, text) throws(HFSError) in .categorical(try values(all, text)) },
        "ordinal": { (all, text) throws(HFSError) in .ordinal(try values(all, text)) },
        "budget": { (all, text) throws(HFSError) in
            guard case .int(let low, let high, false, 1) = try int(all, text) else {
                throw refusal(all, "a budget is a range of whole numbers: budget:1..27")
            }
            return .budget(low: low, high: high)
        },
    ]

    /// `1..4`, `0.1..0.5:step0.1`: of whole numbers when all are.
    private static func range(_ all: String, _ text: String) throws(HFSError) -> ParameterDomain {
        let parts = try split(all, text)
        let isWhole = Int(parts.low) != nil && Int(parts.high) != nil && (parts.step.map { Int($0) != nil } ?? true)
        return isWhole ? try int(all, text) : try double(all, text)
    }

    private static func double(_ all: String, _ text: String) throws(HFSError) -> ParameterDomain {
        let parts = try split(all, text)
        let step = try parts.step.map { (text) throws(HFSError) in try number(all, text) }
        return .double(
            low: try number(all, parts.low), high: try number(all, parts.high), isLogarithmic: parts.isLogarithmic,
            step: step)
    }

    private static func int(_ all: String, _ text: String) throws(HFSError) -> ParameterDomain {
        let parts = try split(all, text)
        let step = try parts.step.map { (text) throws(HFSError) in try whole(all, text) }
        return .int(
            low: try whole(all, parts.low), high: try whole(all, parts.high), isLogarithmic: parts.isLogarithmic,
            step: step ?? 1)
    }

    private struct Range {
        var low: String
        var high: String
        var isLogarithmic = false
        var step: String?
    }

    /// `low..high`, with `:log` or `:stepN` behind it.
    private static func split(_ all: String, _ text: String) throws(HFSError) -> Range {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false).map { trimmed($0) }
        guard let dots = parts[0].firstRange(of: "..") else {
            throw refusal(all, "'\(parts[0])' is no range: low..high")
        }
        var range = Range(low: trimmed(parts[0][..<dots.lowerBound]), high: trimmed(parts[0][dots.upperBound...]))
        for option in parts.dropFirst() {
            if option == "log" {
                range.isLogarithmic = true
            } else if option.hasPrefix("step"), range.step == nil {
                range.step = String(option.dropFirst(4))
            } else {
                throw refusal(all, "':\(option)' is neither ':log' nor ':step' with a number")
            }
        }
        return range
    }

    private static func values(_ all: String, _ text: String) throws(HFSError) -> [ParameterValue] {
        let parts = text.split(separator: "|", omittingEmptySubsequences: false).map { trimmed($0) }
        guard !parts.contains("") else { throw refusal(all, "a value is empty") }
        return parts.map { ParameterValue(parsing: $0) }
    }

    /// What stands before ` if `, and the condition behind it.
    private static func splitCondition(_ text: String) throws(HFSError) -> (String, ParameterCondition?) {
        guard let marker = text.firstRange(of: " if ") else { return (text, nil) }
        let condition = trimmed(text[marker.upperBound...])
        guard let equals = condition.firstIndex(of: "=") else {
            throw refusal(text, "its condition has no '=': if name=value|value")
        }
        let values = try values(text, trimmed(condition[condition.index(after: equals)...]))
        return (String(text[..<marker.lowerBound]), ParameterCondition(trimmed(condition[..<equals]), in: values))
    }

    private static func number(_ all: String, _ text: String) throws(HFSError) -> Double {
        guard let number = Double(text) else { throw refusal(all, "'\(text)' is no number") }
        return number
    }

    private static func whole(_ all: String, _ text: String) throws(HFSError) -> Int {
        guard let number = Int(text) else { throw refusal(all, "'\(text)' is no whole number") }
        return number
    }

    private static func trimmed(_ text: some StringProtocol) -> String {
        var part = text[...]
        while let first = part.first, first.isWhitespace { part.removeFirst() }
        while let last = part.last, last.isWhitespace { part.removeLast() }
        return String(part)
    }

    private static func refusal(_ declaration: String, _ reason: String) -> HFSError {
        HFSError(.invalidArgument, "Space '\(declaration)': \(reason)")
    }
}
