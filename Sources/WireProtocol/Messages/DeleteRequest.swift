package import Core

/// delete.
package struct DeleteRequest: Hashable, Sendable, WireEncodable, WireDecodable {
    package var path: String
    package var isRecursive: Bool

    package init(path: String, isRecursive: Bool) {
        self.path = path
        self.isRecursive = isRecursive
    }

    package var encodedSize: Int { WireSize.string(1, path) + WireSize.bool(2) }

    package func encode(to writer: inout WireWriter) {
        writer.string(1, path)
        writer.bool(2, isRecursive)
    }

    package init(from reader: inout WireReader) throws(HFSError) {
        var path: String?
        var isRecursive: Bool?
        while let (number, type) = try reader.nextField() {
            switch (number, type) {
            case (1, .lengthDelimited): path = try reader.path()
            case (2, .varint): isRecursive = try reader.bool()
            default: try reader.skip(type)
            }
        }
        guard let path, let isRecursive else { throw WireReader.missing("src, recursive") }
        self.init(path: path, isRecursive: isRecursive)
    }
}
