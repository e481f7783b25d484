import Core

/// `(inode, namespace and name)`: the value of an extended attribute.
struct XAttrRow: Hashable, Sendable, StoredRow {
    var value: [UInt8]

    init(_ value: [UInt8]) { self.value = value }

    init(decoding image: UnsafeRawBufferPointer) throws(HFSError) {
        var reader = try RowReader(image, table: "xattr", newest: 1)
        value = try reader.blob()
    }

    var image: [UInt8] {
        var writer = RowWriter(version: 1, capacity: value.count + 4)
        writer.blob(value)
        return writer.bytes
    }
}
