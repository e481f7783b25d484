package import Core

/// The answer of getBlockLocations.
package struct BlockLocationsResponse: WireEncodable, WireDecodable {
    package var locations: LocatedBlocks?

    package init(locations: LocatedBlocks?) { self.locations = locations }

    package var encodedSize: Int { locations?.encodedSize(field: 1) ?? 0 }

    package func encode(to writer: inout WireWriter) { locations?.encode(field: 1, to: &writer) }

    package init(from reader: inout WireReader) throws(HFSError) {
        var locations: LocatedBlocks?
        while let (number, type) = try reader.nextField() {
            if number == 1, type == .lengthDelimited {
                locations = try reader.embedded(LocatedBlocks.self, replacing: locations)
            } else {
                try reader.skip(type)
            }
        }
        self.locations = locations
    }
}
