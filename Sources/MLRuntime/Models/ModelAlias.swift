public import Core

/// A name for one of a model's versions that can be given to another: `production`. One attribute of the model's directory, the
/// whole history in it, changed by compare-and-set alone.
public struct ModelAlias: Hashable, Sendable {
    /// What the alias was given to.
    public struct Change: Hashable, Sendable, Codable {
        /// nil: the alias was taken away.
        public var version: UInt64?
        public var user: String
        /// Milliseconds since 1970, by the clock of who changed it.
        public var timeMs: Int64
    }

    /// What an alias must be for a change to take place.
    public enum Expectation: Hashable, Sendable {
        case anything
        /// nil: not given to any version.
        case version(UInt64?)
    }

    public var name: String
    /// The newest first; at most `historyMax`.
    public private(set) var history: [Change]

    public static let historyMax = 64
    private static let nameBytesMax = 64
    static let attributePrefix = "ml.alias."

    /// The version that it is given to.
    public var version: UInt64? { history.first?.version }

    /// An alias that was never given.
    init(_ name: String) {
        self.name = name
        history = []
    }

    /// From an attribute of a model's directory; nil for one that is no alias. `.corruptMetadata` for a damaged one.
    init?(attribute: ExtendedAttribute) throws(HFSError) {
        guard attribute.isOwn, attribute.name.hasPrefix(Self.attributePrefix) else { return nil }
        name = String(attribute.name.dropFirst(Self.attributePrefix.count))
        history = try CanonicalJSON.value([Change].self, from: attribute.value)
    }

    var attributeName: String { Self.attributePrefix + name }

    /// The attribute's value.
    var bytes: [UInt8] { get throws(HFSError) { try CanonicalJSON.bytes(history) } }

    mutating func change(to version: UInt64?, user: String, timeMs: Int64) {
        history.insert(Change(version: version, user: user, timeMs: timeMs), at: 0)
        if history.count > Self.historyMax { history.removeLast(history.count - Self.historyMax) }
    }

    /// Throws `.invalidArgument` when the alias is not what was expected.
    func check(_ expectation: Expectation) throws(HFSError) {
        guard case .version(let expected) = expectation, expected != version else { return }
        func text(_ version: UInt64?) -> String { version.map { "version \($0)" } ?? "no version" }
        throw HFSError(.invalidArgument, "The alias '\(name)' is given to \(text(version)), not to \(text(expected))")
    }

    /// Whether a name can be an alias: letters, digits, `-` and `_`, a letter in front, so that none is taken for a number.
    static func isName(_ name: String) -> Bool {
        let letters = UInt8(ascii: "a")...UInt8(ascii: "z")
        let digits = UInt8(ascii: "0")...UInt8(ascii: "9")
        return letters.contains((name.utf8.first ?? 0) | 0x20) && name.utf8.count <= nameBytesMax
            && name.utf8.allSatisfy { letters.contains($0 | 0x20) || digits.contains($0) || $0 == 0x2d || $0 == 0x5f }
    }

    /// The name, if it can be an alias; else throws `.invalidArgument`.
    public static func checked(_ name: String) throws(HFSError) -> String {
        guard isName(name) else {
            throw HFSError(
                .invalidArgument,
                "'\(name)' is no alias: up to \(nameBytesMax) letters, digits, - and _, a letter in front")
        }
        return name
    }
}
