package import Core

/// rename2: throws what rename answers false to, and may overwrite.
package struct Rename2Request: Hashable, Sendable, WireEncodable, WireDecodable {
    package var source: String
    package var destination: String
    package var overwrites: Bool
    /// Nil where the client does not say.
    package var movesToTrash: Bool?

    package init(source: String, destination: String, overwrites: Bool, movesToTrash: Bool? = nil) {
        self.source = source
        self.destination = destination
        self.overwrites = overwrites
        self.movesToTrash = movesToTrash
    }

    package var encodedSize: Int {
        WireSize.string(1, source) + WireSize.string(2, destination) + WireSize.bool(3)
            + (movesToTrash == nil ? 0 : WireSize.bool(4))
    }

    package func encode(to writer: inout WireWriter) {
        writer.string(1, source)
        writer.string(2, destination)
        writer.bool(3, overwrites)
        if let movesToTrash { writer.bool(4, movesToTrash) }
    }

    package init(from reader: inout WireReader) throws(HFSError) {
        var source: String?
        var destination: String?
        var overwrites: Bool?
        var movesToTrash: Bool?
        while let (number, type) = try reader.nextField() {
            switch (number, type) {
            case (1, .lengthDelimited): source = try reader.path()
            case (2, .lengthDelimited): destination = try reader.path()
            case (3, .varint): overwrites = try reader.bool()
            case (4, .varint): movesToTrash = try reader.bool()
            default: try reader.skip(type)
            }
        }
        guard let source, let destination, let overwrites else { throw WireReader.missing("src, dst, overwriteDest") }
        self.init(source: source, destination: destination, overwrites: overwrites, movesToTrash: movesToTrash)
    }
}
