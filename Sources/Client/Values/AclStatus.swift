public import Core

/// The access control list of a file or directory.
public struct AclStatus: Hashable, Sendable {
    public var owner: String
    public var group: String
    public var isSticky: Bool
    /// Access entries without the three base ones, then all default entries.
    public var entries: [AclEntry]
    /// Permission bits; with an ACL the group's are the mask. Nil from servers before HDFS 2.6.
    public var mode: FileMode?

    public init(owner: String, group: String, isSticky: Bool, entries: [AclEntry], mode: FileMode?) {
        self.owner = owner
        self.group = group
        self.isSticky = isSticky
        self.entries = entries
        self.mode = mode
    }
}
