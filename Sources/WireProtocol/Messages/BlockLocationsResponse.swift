package import Core

/// The answer of getBlockLocations.
package struct BlockLocationsResponse: WireEncodable, WireDecodable {
    package var locations: LocatedBlocks?
    /// Fields of hfs's own: all bytes of the first block, when it is inline and they were asked for, with their CRC32C.
    package var inline: (bytes: [UInt8], checksum: UInt32)?

    package init(locations: LocatedBlocks?, inline: (bytes: [UInt8], checksum: UInt32)? = nil) {
        self.locations = locations
        self.inline = inline
    }

    package var encodedSize: Int {
        var size = locations?.encodedSize(field: 1) ?? 0
        if let inline {
            size += WireSize.delimited(1000, inline.bytes.count) + WireSize.uint(1001, UInt64(inline.checksum))
        }
        return size
    }

    package func encode(to writer: inout WireWriter) {
        locations?.encode(field: 1, to: &writer)
        guard let inline else { return }
        writer.byteArray(1000, inline.bytes)
        writer.uint(1001, UInt64(inline.checksum))
    }

    package init(from reader: inout WireReader) throws(HFSError) {
        var locations: LocatedBlocks?
        var bytes: [UInt8]?
        var checksum: UInt32?
        while let (number, type) = try reader.nextField() {
            switch (number, type) {
            case (1, .lengthDelimited): locations = try reader.embedded(LocatedBlocks.self, replacing: locations)
            case (1000, .lengthDelimited): bytes = try reader.byteArray()
            case (1001, .varint): checksum = try reader.uint32()
            default: try reader.skip(type)
            }
        }
        self.locations = locations
        if let bytes, let checksum { inline = (bytes, checksum) }
    }
}
