/// Number of a datanode in this process; never reused.
struct DatanodeIndex: Hashable, Comparable, Sendable {
    let rawValue: UInt32

    init(_ rawValue: UInt32) { self.rawValue = rawValue }

    static func < (a: Self, b: Self) -> Bool { a.rawValue < b.rawValue }
}
