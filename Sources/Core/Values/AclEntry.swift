/// One entry of an access control list (POSIX.1e draft 17, as HDFS has it).
public struct AclEntry: Hashable, Sendable {
    public enum Kind: UInt8, Sendable, Comparable {
        case user = 0, group, mask, other

        public static func < (a: Self, b: Self) -> Bool { a.rawValue < b.rawValue }
    }

    public enum Scope: UInt8, Sendable { case access = 0, `default` }

    public var kind: Kind
    public var scope: Scope
    public var permissions: AccessMode
    /// User or group; nil for the owner, the owning group, mask and other.
    public var name: String?

    public init(kind: Kind, scope: Scope, permissions: AccessMode, name: String?) {
        self.kind = kind
        self.scope = scope
        self.permissions = permissions
        self.name = name
    }
}
