/// The log sequence number of a mutation: 1 for the first edits record, then without gaps. 0 is the empty namespace.
public struct LSN: Hashable, Comparable, Sendable, CustomStringConvertible {
    public let rawValue: UInt64

    public init(_ rawValue: UInt64) { self.rawValue = rawValue }

    public static let zero = LSN(0)
    package var next: LSN { LSN(rawValue + 1) }
    public static func < (a: Self, b: Self) -> Bool { a.rawValue < b.rawValue }
    public var description: String { String(rawValue) }
}
