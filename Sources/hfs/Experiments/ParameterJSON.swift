import Core
import MLRuntime

/// Parameters that a user writes as a JSON object of numbers and texts.
enum ParameterJSON {
    static func parameters(_ text: String) throws(HFSError) -> [String: ParameterValue] {
        do throws(HFSError) {
            return try CanonicalJSON.value([String: ParameterValue].self, from: Array(text.utf8))
        } catch {
            throw HFSError(
                .invalidArgument, "'\(text)' is no JSON object of numbers and texts: {\"lr\": 0.1, \"act\": \"relu\"}")
        }
    }
}
