public import Core

/// What a query found.
public struct FindResult: Hashable, Sendable {
    /// A field of an entry: the name it was asked by, and its bytes.
    public struct Attribute: Hashable, Sendable {
        public var name: String
        public var value: [UInt8]
    }

    /// A file or directory that met the condition.
    public struct Entry: Hashable, Sendable {
        public var path: String
        public var inode: InodeID
        public var isDirectory: Bool
        public var attributes: [Attribute]
    }

    public var found: [Entry]
    /// Nothing that meets the condition was left out, but for the limit that was asked for.
    public var isComplete: Bool
}
