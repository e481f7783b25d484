package import Core

/// An extended attribute with a value that is text; nil: it was removed.
package struct AttributeRow: Hashable, Sendable {
    package var inode: InodeID
    package var name: String
    package var value: String?

    package init(inode: InodeID, name: String, value: String?) {
        self.inode = inode
        self.name = name
        self.value = value
    }
}
