import Core
import Testing

/// One decoder under random input.
struct FuzzTarget: Sendable, CustomTestStringConvertible {
    let name: String
    /// Good inputs that mutations start from.
    let inputs: [[UInt8]]
    /// Decodes. Throws `HFSError` for input that is refused, `FuzzFinding` for a mistake of ours; a crash is one too.
    let decode: @Sendable ([UInt8]) throws -> Void

    var testDescription: String { name }

    /// What became of an input: `taken`, or the reason it was refused for, without its numbers.
    func outcome(_ input: [UInt8]) throws -> String {
        do {
            try decode(input)
            return "taken"
        } catch let error as HFSError {
            // The rest of an invalid path's message is the path.
            if error.code == .invalidPath { return "\(error.code)" }
            let text = error.message + (error.cause.map { ": " + $0 } ?? "")
            return "\(error.code): " + text.prefix(80).filter { $0.isASCII && ($0.isLetter || " ,:._".contains($0)) }
        }
    }
}

/// A decoder's mistake that did not stop the process.
struct FuzzFinding: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) { self.description = description }
}
