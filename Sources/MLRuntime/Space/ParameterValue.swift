/// The value of a hyperparameter: a finite number, whole ones exact up to 2^53, or a text. In JSON a number or a string.
public enum ParameterValue: Hashable, Sendable {
    case number(Double)
    case text(String)

    /// The number in a text that is one (`16`, `1e-3`), else the text.
    public init(parsing text: String) {
        if let number = Double(text), number.isFinite { self = .number(number) } else { self = .text(text) }
    }

    /// The largest whole number that a value holds exactly.
    public static let wholeMax = 1 << 53
}

extension ParameterValue: CustomStringConvertible {
    /// Whole numbers without a decimal point.
    public var description: String {
        switch self {
        case .number(let number): Self.whole(number).map { "\($0)" } ?? "\(number)"
        case .text(let text): text
        }
    }

    private static func whole(_ number: Double) -> Int64? {
        guard abs(number) <= Double(wholeMax) else { return nil }
        return Int64(exactly: number)
    }
}

extension ParameterValue: Codable {
    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if let number = try? container.decode(Double.self) {
            self = .number(number)
        } else {
            self = .text(try container.decode(String.self))
        }
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        switch self {
        case .number(let number):
            if let whole = Self.whole(number) { try container.encode(whole) } else { try container.encode(number) }
        case .text(let text): try container.encode(text)
        }
    }
}
