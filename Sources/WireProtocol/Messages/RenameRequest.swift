package import Core

/// rename: the old call, which answers false instead of throwing.
package struct RenameRequest: Hashable, Sendable, WireEncodable, WireDecodable {
    package var source: String
    package var destination: String

    package init(source: String, destination: String) {
        self.source = source
        self.destination = destination
    }

    package var encodedSize: Int { WireSize.string(1, source) + WireSize.string(2, destination) }

    package func encode(to writer: inout WireWriter) {
        writer.string(1, source)
        writer.string(2, destination)
    }

    package init(from reader: inout WireReader) throws(HFSError) {
        var source: String?
        var destination: String?
        while let (number, type) = try reader.nextField() {
            switch (number, type) {
            case (1, .lengthDelimited): source = try reader.path()
            case (2, .lengthDelimited): destination = try reader.path()
            default: try reader.skip(type)
            }
        }
        guard let source, let destination else { throw WireReader.missing("src, dst") }
        self.init(source: source, destination: destination)
    }
}
