package import Core

/// completeInline of hfs's own protocol: the writer is done, and these are the file's bytes.
package struct CompleteInlineRequest: Hashable, Sendable, WireEncodable, WireDecodable {
    package var path: String
    package var clientName: String
    package var inode: InodeID
    package var bytes: [UInt8]
    /// CRC32C of the bytes.
    package var checksum: UInt32

    package init(path: String, clientName: String, inode: InodeID, bytes: [UInt8], checksum: UInt32) {
        self.path = path
        self.clientName = clientName
        self.inode = inode
        self.bytes = bytes
        self.checksum = checksum
    }

    package var encodedSize: Int {
        WireSize.string(1, path) + WireSize.string(2, clientName) + WireSize.uint(3, inode.rawValue)
            + WireSize.delimited(4, bytes.count) + WireSize.uint(5, UInt64(checksum))
    }

    package func encode(to writer: inout WireWriter) {
        writer.string(1, path)
        writer.string(2, clientName)
        writer.uint(3, inode.rawValue)
        writer.byteArray(4, bytes)
        writer.uint(5, UInt64(checksum))
    }

    package init(from reader: inout WireReader) throws(HFSError) {
        var path: String?
        var clientName: String?
        var inode: UInt64?
        var bytes: [UInt8]?
        var checksum: UInt32?
        while let (number, type) = try reader.nextField() {
            switch (number, type) {
            case (1, .lengthDelimited): path = try reader.path()
            case (2, .lengthDelimited): clientName = try reader.string()
            case (3, .varint): inode = try reader.varint()
            case (4, .lengthDelimited): bytes = try reader.byteArray()
            case (5, .varint): checksum = try reader.uint32()
            default: try reader.skip(type)
            }
        }
        guard let path, let clientName, let inode, let bytes, let checksum else {
            throw WireReader.missing("path, clientName, inode, bytes, checksum")
        }
        self.init(path: path, clientName: clientName, inode: InodeID(inode), bytes: bytes, checksum: checksum)
    }
}
