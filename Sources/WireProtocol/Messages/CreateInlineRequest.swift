package import Core

/// createInline of hfs's own protocol: a whole file in one step.
package struct CreateInlineRequest: Hashable, Sendable, WireEncodable, WireDecodable {
    package var create: CreateRequest
    package var bytes: [UInt8]
    /// CRC32C of the bytes.
    package var checksum: UInt32

    package init(create: CreateRequest, bytes: [UInt8], checksum: UInt32) {
        self.create = create
        self.bytes = bytes
        self.checksum = checksum
    }

    package var encodedSize: Int {
        create.encodedSize(field: 1) + WireSize.delimited(2, bytes.count) + WireSize.uint(3, UInt64(checksum))
    }

    package func encode(to writer: inout WireWriter) {
        create.encode(field: 1, to: &writer)
        writer.byteArray(2, bytes)
        writer.uint(3, UInt64(checksum))
    }

    package init(from reader: inout WireReader) throws(HFSError) {
        var create: CreateRequest?
        var bytes: [UInt8]?
        var checksum: UInt32?
        while let (number, type) = try reader.nextField() {
            switch (number, type) {
            case (1, .lengthDelimited): create = try reader.embedded(CreateRequest.self, replacing: create)
            case (2, .lengthDelimited): bytes = try reader.byteArray()
            case (3, .varint): checksum = try reader.uint32()
            default: try reader.skip(type)
            }
        }
        guard let create, let bytes, let checksum else { throw WireReader.missing("create, bytes, checksum") }
        self.init(create: create, bytes: bytes, checksum: checksum)
    }
}
