public import Core

/// An example of a model's inputs: any JSON.
public indirect enum ModelExample: Hashable, Sendable, Codable {
    case null
    case flag(Bool)
    case number(Double)
    case text(String)
    case list([ModelExample])
    case object([String: ModelExample])

    /// Throws `.invalidArgument` for what is no JSON.
    public init(json: [UInt8]) throws(HFSError) {
        do throws(HFSError) {
            self = try CanonicalJSON.value(ModelExample.self, from: json)
        } catch {
            throw HFSError(.invalidArgument, "The input example is no JSON", cause: error.cause)
        }
    }

    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if container.decodeNil() {
            self = .null
        } else if let flag = try? container.decode(Bool.self) {
            self = .flag(flag)
        } else if let text = try? container.decode(String.self) {
            // Before numbers: those are also read from the texts of what is not finite.
            self = .text(text)
        } else if let number = try? container.decode(Double.self) {
            self = .number(number)
        } else if let list = try? container.decode([ModelExample].self) {
            self = .list(list)
        } else {
            self = .object(try container.decode([String: ModelExample].self))
        }
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        switch self {
        case .null: try container.encodeNil()
        case .flag(let flag): try container.encode(flag)
        case .number(let number): try container.encode(number)
        case .text(let text): try container.encode(text)
        case .list(let list): try container.encode(list)
        case .object(let object): try container.encode(object)
        }
    }
}
