import Core

/// `(inode, namespace and name)`: the value of an extended attribute.
struct XAttrRow: Hashable, Sendable, StoredRow {
    var value: [UInt8]
    /// The directory whose index has the attribute, which is what it takes to find the index row again; nil when none has.
    var scope: InodeID?

    init(_ value: [UInt8], scope: InodeID? = nil) {
        self.value = value
        self.scope = scope
    }

    init(decoding image: UnsafeRawBufferPointer) throws(HFSError) {
        var reader = try RowReader(image, table: "xattr", newest: 2)
        value = try reader.blob()
        // Version 1 ends here, and so does an attribute that no index has.
        scope = reader.isAtEnd ? nil : InodeID(try reader.unsigned())
    }

    var image: [UInt8] {
        var writer = RowWriter(version: scope == nil ? 1 : 2, capacity: value.count + 12)
        writer.blob(value)
        if let scope { writer.unsigned(scope.rawValue) }
        return writer.bytes
    }
}
