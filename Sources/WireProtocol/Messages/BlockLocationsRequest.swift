package import Core

/// getBlockLocations.
package struct BlockLocationsRequest: Hashable, Sendable, WireEncodable, WireDecodable {
    package var path: String
    /// Bytes.
    package var offset: UInt64
    /// Bytes; 2^63-1 for the whole file.
    package var length: UInt64
    /// A field of hfs's own: the bytes of an inline block are to come with the answer.
    package var wantsInline = false

    package init(path: String, offset: UInt64, length: UInt64, wantsInline: Bool = false) {
        self.wantsInline = wantsInline
        self.path = path
        self.offset = offset
        self.length = length
    }

    package var encodedSize: Int {
        WireSize.string(1, path) + WireSize.uint(2, offset) + WireSize.uint(3, length)
            + (wantsInline ? WireSize.bool(1000) : 0)
    }

    package func encode(to writer: inout WireWriter) {
        writer.string(1, path)
        writer.uint(2, offset)
        writer.uint(3, length)
        if wantsInline { writer.bool(1000, true) }
    }

    package init(from reader: inout WireReader) throws(HFSError) {
        var path: String?
        var offset: UInt64?
        var length: UInt64?
        var wantsInline = false
        while let (number, type) = try reader.nextField() {
            switch (number, type) {
            case (1, .lengthDelimited): path = try reader.path()
            case (2, .varint): offset = try reader.varint()
            case (3, .varint): length = try reader.varint()
            case (1000, .varint): wantsInline = try reader.bool()
            default: try reader.skip(type)
            }
        }
        guard let path, let offset, let length else { throw WireReader.missing("src, offset, length") }
        self.init(path: path, offset: offset, length: length, wantsInline: wantsInline)
    }
}
