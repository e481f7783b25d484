/// What the answers of a query are ordered by.
public struct FindOrder: Hashable, Sendable {
    /// An attribute's full name, or `kind`, `name`, `owner`, `path` or `modified`.
    public var field: String
    public var isDescending: Bool

    public init(_ field: String, isDescending: Bool = false) {
        self.field = field
        self.isDescending = isDescending
    }
}
