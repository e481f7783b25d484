/// A model with what is known of all its versions.
public struct ModelSummary: Hashable, Sendable {
    public var name: String
    public var path: String
    /// Ascending.
    public var versions: [UInt64]
    /// In the order of their names; also those that were taken away, with their history.
    public var aliases: [ModelAlias]
    /// When the newest version was published or one deleted, milliseconds since 1970.
    public var changedMs: Int64
}
