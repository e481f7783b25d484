/// How a compare-and-set of an extended attribute ended.
public enum AttributeComparison: Hashable, Sendable {
    case set
    /// It had another value, which is this one; nil when it does not exist.
    case differs([UInt8]?)
}
