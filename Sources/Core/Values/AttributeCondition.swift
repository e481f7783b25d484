/// A condition over attributes of files and directories, as `find` takes it.
///
/// Fields are attributes by their full names (`ml.accuracy`, `user.color`) and `kind`, `name`, `owner`, `path`, `modified`
/// (milliseconds since 1970). A comparison with a number looks at values that are decimal text, one with a text by bytes at
/// those that are not; `equal` and `notEqual` with a text at all. On a missing attribute every comparison is false.
public indirect enum AttributeCondition: Hashable, Sendable {
    public enum Comparison: Sendable, CaseIterable {
        case equal, notEqual, less, lessOrEqual, greater, greaterOrEqual
    }

    public enum Operand: Hashable, Sendable {
        case number(Double)
        case text(String)
    }

    case all([AttributeCondition])
    case any([AttributeCondition])
    case not(AttributeCondition)
    case compare(String, Comparison, Operand)
    case exists(String)
    case prefix(String, String)

    /// The fields that it looks at, each once, in the order of their first mention.
    public var fieldNames: [String] {
        switch self {
        case .all(let operands), .any(let operands):
            operands.flatMap(\.fieldNames).reduce(into: []) { if !$0.contains($1) { $0.append($1) } }
        case .not(let operand): operand.fieldNames
        case .compare(let field, _, _), .exists(let field), .prefix(let field, _): [field]
        }
    }
}
