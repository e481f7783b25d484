/// The id of a run: a program, job, trial or attempt whose reads and writes are attributed to it.
///
/// Taken from the inode ids, so handed out once and never reused.
public struct RunID: Hashable, Comparable, Sendable, CustomStringConvertible {
    public let rawValue: UInt64

    public init(_ rawValue: UInt64) { self.rawValue = rawValue }

    /// Reads what `description` writes; nil for anything else.
    public init?(_ text: some StringProtocol) {
        guard text.hasPrefix(Self.prefix), let value = UInt64(text.dropFirst(Self.prefix.count)) else { return nil }
        rawValue = value
    }

    private static let prefix = "run-"

    public static func < (a: Self, b: Self) -> Bool { a.rawValue < b.rawValue }
    public var description: String { "\(Self.prefix)\(rawValue)" }
}
