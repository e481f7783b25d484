public import Core

/// A version of a model as people name it: `digits/3`, `digits/production`.
public struct ModelReference: Hashable, Sendable {
    public enum Version: Hashable, Sendable {
        case number(UInt64)
        case alias(String)

        /// Throws `.invalidArgument` for what is neither.
        public init(_ text: String) throws(HFSError) {
            if let number = UInt64(text), number > 0 {
                self = .number(number)
            } else if ModelAlias.isName(text) {
                self = .alias(text)
            } else {
                throw HFSError(.invalidArgument, "'\(text)' is no version: a number from 1, or an alias")
            }
        }
    }

    public var name: String
    /// nil: the model with all its versions.
    public var version: Version?

    public init(_ name: String, _ version: Version?) {
        self.name = name
        self.version = version
    }

    /// Throws `.invalidArgument` for more than two parts, and for a version that is neither number nor alias.
    public init(parsing text: String) throws(HFSError) {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        guard parts.count <= 2 else {
            throw HFSError(.invalidArgument, "'\(text)' is no model: one is named NAME, NAME/VERSION or NAME/ALIAS")
        }
        name = parts[0]
        if parts.count == 2 { version = try Version(parts[1]) }
    }
}
