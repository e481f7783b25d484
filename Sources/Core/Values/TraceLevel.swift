/// Which reads of runs below a directory are told in the event feed: the value of `hfs.trace`. Raw values are in rows.
public enum TraceLevel: UInt8, Sendable, CaseIterable {
    case none = 1, writes, all

    /// The attribute's text: `none`, `writes` or `all`.
    public init?(_ text: String) {
        guard let level = Self.allCases.first(where: { "\($0)" == text }) else { return nil }
        self = level
    }
}
