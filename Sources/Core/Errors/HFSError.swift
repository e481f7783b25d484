/// The one error of hfs: what went wrong (`code`), in words for a person (`message`), and where.
public struct HFSError: Error, Sendable, CustomStringConvertible {
    public let code: Code
    public let message: String
    /// The path or block concerned, when the message does not already end in it.
    public let subject: String?
    /// The error underneath: an errno text, a peer's answer.
    public let cause: String?

    public init(_ code: Code, _ message: String, subject: String? = nil, cause: String? = nil) {
        self.code = code
        self.message = message
        self.subject = subject
        self.cause = cause
    }

    public var description: String {
        var text = message
        if let subject { text += " (\(subject))" }
        if let cause { text += ": \(cause)" }
        return text
    }
}
