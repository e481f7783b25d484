/// The values that a hyperparameter may take. Bounds belong to the range.
public enum ParameterDomain: Hashable, Sendable, Codable {
    /// Real numbers, or those `step` apart, counted from `low`. A logarithmic one has bounds above 0 and no step.
    case double(low: Double, high: Double, isLogarithmic: Bool = false, step: Double? = nil)
    /// Whole numbers, `step` apart.
    case int(low: Int, high: Int, isLogarithmic: Bool = false, step: Int = 1)
    /// One of several, in no order.
    case categorical([ParameterValue])
    /// One of several that have an order: neighbours are alike.
    case ordinal([ParameterValue])
    /// How much a trial may use: epochs, steps. Chosen by the optimizer: ASHA and Hyperband begin at `low`, all others give
    /// `high`.
    case budget(low: Int, high: Int)

    /// The word for it in messages and in the command line.
    public var kind: String {
        switch self {
        case .double(_, _, true, _): "log"
        case .double: "double"
        case .int: "int"
        case .categorical: "categorical"
        case .ordinal: "ordinal"
        case .budget: "budget"
        }
    }

    /// How many values there are; nil for those of the real line.
    public var count: Int? {
        switch self {
        case .double(_, _, _, nil): nil
        case .double(let low, let high, _, .some(let step)):
            Int(exactly: ((high - low) / step + 1e-9).rounded(.down)).map { $0 + 1 }
        case .int(let low, let high, _, let step): (high - low) / step + 1
        case .categorical(let values), .ordinal(let values): values.count
        case .budget: 1
        }
    }

    /// The value of number `index` in order, of a domain that has a `count`.
    func value(number index: Int) -> ParameterValue {
        switch self {
        case .double(let low, let high, _, let step):
            return .number(min(high, Self.multiple(low, step ?? 0, index)))
        case .int(let low, _, _, let step): return .number(Double(low + index * step))
        case .categorical(let values), .ordinal(let values): return values[index]
        case .budget(_, let high): return .number(Double(high))
        }
    }

    /// The value at `position` in 0...1: equal parts of that interval are equally likely values.
    func value(at position: Double) -> ParameterValue {
        switch self {
        case .double(let low, let high, true, _):
            let (from, to) = (PortableMath.log(low), PortableMath.log(high))
            return .number(min(high, max(low, PortableMath.exp(from + position * (to - from)))))
        case .double(let low, let high, false, nil):
            return .number(min(high, low + position * (high - low)))
        case .int(let low, let high, true, let step):
            let (from, to) = Self.logarithmicBounds(low, high)
            let raw = PortableMath.exp(from + position * (to - from))
            let index = ((raw - Double(low)) / Double(step)).rounded()
            return value(number: min(max(0, Int(index)), (high - low) / step))
        case .double, .int, .categorical, .ordinal, .budget:
            let count = count ?? 1
            return value(number: min(count - 1, Int(position * Double(count))))
        }
    }

    /// Where in 0...1 `value` lies, the middle of its part for one of a few; nil when it is none of them.
    func position(of value: ParameterValue) -> Double? {
        switch self {
        case .double(let low, let high, true, _):
            guard case .number(let number) = value, number >= low, number <= high else { return nil }
            let from = PortableMath.log(low)
            return low == high ? 0.5 : (PortableMath.log(number) - from) / (PortableMath.log(high) - from)
        case .double(let low, let high, false, nil):
            guard case .number(let number) = value, number >= low, number <= high else { return nil }
            return low == high ? 0.5 : (number - low) / (high - low)
        case .int(let low, let high, true, _):
            guard case .number(let number) = value, number >= Double(low), number <= Double(high) else { return nil }
            let (from, to) = Self.logarithmicBounds(low, high)
            return (PortableMath.log(number) - from) / (to - from)
        case .double, .int, .categorical, .ordinal, .budget:
            guard let index = index(of: value), let count else { return nil }
            return (Double(index) + 0.5) / Double(count)
        }
    }

    /// The number of `value` in a domain that has a `count`.
    func index(of value: ParameterValue) -> Int? {
        switch (self, value) {
        case (.double(let low, _, _, .some(let step)), .number(let number)):
            return Self.index(((number - low) / step).rounded(), below: count)
        case (.int(let low, _, _, let step), .number(let number)):
            return Self.index(((number - Double(low)) / Double(step)).rounded(), below: count)
        case (.categorical(let values), _), (.ordinal(let values), _): return values.firstIndex(of: value)
        case (.budget, _): return 0
        default: return nil
        }
    }

    private static func index(_ index: Double, below count: Int?) -> Int? {
        guard let count, index >= 0, index < Double(count) else { return nil }
        return Int(index)
    }

    /// Half a number beyond the bounds, so that the outermost ones are as likely as their neighbours.
    private static func logarithmicBounds(_ low: Int, _ high: Int) -> (Double, Double) {
        (PortableMath.log(Double(low) - 0.5), PortableMath.log(Double(high) + 0.5))
    }

    /// `low + index * step`, counted in tenths, hundredths and so on where both are whole in those: 0.3, not
    /// 0.30000000000000004.
    private static func multiple(_ low: Double, _ step: Double, _ index: Int) -> Double {
        var parts = 1.0
        while parts <= 1e9 {
            let (first, width) = ((low * parts).rounded(), (step * parts).rounded())
            if width >= 1, first / parts == low, width / parts == step {
                return (first + Double(index) * width) / parts
            }
            parts *= 10
        }
        return low + Double(index) * step
    }
}
