/// Where a published directory lies now.
public struct PublishedVersion: Hashable, Sendable {
    public var path: String
    /// The last component of `path`: 1, 2, ...
    public var version: UInt64
}
