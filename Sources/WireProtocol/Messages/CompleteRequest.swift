package import Core

/// complete: the writer is done.
package struct CompleteRequest: Hashable, Sendable, WireEncodable, WireDecodable {
    package var path: String
    package var clientName: String
    /// The last block with its final length; nil for an empty file.
    package var last: Block?
    /// Nil where the client does not say.
    package var inode: InodeID?

    package init(path: String, clientName: String, last: Block?, inode: InodeID?) {
        self.path = path
        self.clientName = clientName
        self.last = last
        self.inode = inode
    }

    package var encodedSize: Int {
        WireSize.string(1, path) + WireSize.string(2, clientName) + (last?.encodedSize(field: 3) ?? 0)
            + (inode.map { WireSize.uint(4, $0.rawValue) } ?? 0)
    }

    package func encode(to writer: inout WireWriter) {
        writer.string(1, path)
        writer.string(2, clientName)
        last?.encode(field: 3, to: &writer)
        if let inode { writer.uint(4, inode.rawValue) }
    }

    package init(from reader: inout WireReader) throws(HFSError) {
        var path: String?
        var clientName: String?
        var last: Block?
        var inode: UInt64 = 0
        while let (number, type) = try reader.nextField() {
            switch (number, type) {
            case (1, .lengthDelimited): path = try reader.path()
            case (2, .lengthDelimited): clientName = try reader.string()
            case (3, .lengthDelimited): last = try reader.embedded(Block.self, replacing: last)
            case (4, .varint): inode = try reader.varint()
            default: try reader.skip(type)
            }
        }
        guard let path, let clientName else { throw WireReader.missing("src, clientName") }
        self.init(path: path, clientName: clientName, last: last, inode: inode == 0 ? nil : InodeID(inode))
    }
}
