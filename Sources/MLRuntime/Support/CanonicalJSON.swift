public import Core
import FoundationEssentials

/// JSON with one form for each value: keys sorted, no spaces, numbers in their shortest form, `NaN` and infinities as texts.
public enum CanonicalJSON {
    /// The bytes of `value`. Values of this module always have some.
    public static func bytes(_ value: some Encodable) throws(HFSError) -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        encoder.nonConformingFloatEncodingStrategy = .convertToString(
            positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
        do {
            return [UInt8](try encoder.encode(value))
        } catch {
            throw HFSError(.invalidArgument, "Cannot be written as JSON", cause: "\(error)")
        }
    }

    /// The value that `bytes` hold; `.corruptMetadata` when they hold none of that type.
    public static func value<Value: Decodable>(_ type: Value.Type, from bytes: some Sequence<UInt8>) throws(HFSError)
        -> Value
    {
        let decoder = JSONDecoder()
        decoder.nonConformingFloatDecodingStrategy = .convertFromString(
            positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
        do {
            return try decoder.decode(type, from: Data(bytes))
        } catch {
            throw HFSError(.corruptMetadata, "No \(type) in JSON", cause: "\(error)")
        }
    }
}
