package import Core

/// getListing.
package struct ListingRequest: Hashable, Sendable, WireEncodable, WireDecodable {
    package var path: String
    /// The last name of the page before; empty for the first page. Need not exist.
    package var startAfter: [UInt8]
    package var needsLocations: Bool

    package init(path: String, startAfter: [UInt8], needsLocations: Bool) {
        self.path = path
        self.startAfter = startAfter
        self.needsLocations = needsLocations
    }

    package var encodedSize: Int {
        WireSize.string(1, path) + WireSize.delimited(2, startAfter.count) + WireSize.bool(3)
    }

    package func encode(to writer: inout WireWriter) {
        writer.string(1, path)
        writer.byteArray(2, startAfter)
        writer.bool(3, needsLocations)
    }

    package init(from reader: inout WireReader) throws(HFSError) {
        var path: String?
        var startAfter: [UInt8]?
        var needsLocations: Bool?
        while let (number, type) = try reader.nextField() {
            switch (number, type) {
            case (1, .lengthDelimited): path = try reader.path()
            case (2, .lengthDelimited): startAfter = try reader.byteArray()
            case (3, .varint): needsLocations = try reader.bool()
            default: try reader.skip(type)
            }
        }
        guard let path, let startAfter, let needsLocations else {
            throw WireReader.missing("src, startAfter, needLocation")
        }
        self.init(path: path, startAfter: startAfter, needsLocations: needsLocations)
    }
}
