/// A logical change as the event feed tells it, in the same record as the rows it changed.
package struct EditEvent: Hashable, Sendable {
    /// Raw values are written to the edits log: never reuse one.
    package enum Kind: UInt8, Sendable, CaseIterable {
        case create = 1, append, close, rename, delete, mkdir, setXAttr, removeXAttr, setPermission, setOwner, setTimes
        case setReplication, setQuota, setACL, truncate, addBlock, leaseRecovered, setStoragePolicy
    }

    package var kind: Kind
    package var inode: UInt64
    package var path: String
    /// The destination of a rename, the name of an attribute; else empty.
    package var detail: String

    package init(_ kind: Kind, inode: UInt64, path: String, detail: String = "") {
        self.kind = kind
        self.inode = inode
        self.path = path
        self.detail = detail
    }
}
