package import Core

/// getFileInfo.
package struct FileInfoRequest: Hashable, Sendable, WireEncodable, WireDecodable {
    package var path: String

    package init(path: String) { self.path = path }

    package var encodedSize: Int { WireSize.string(1, path) }

    package func encode(to writer: inout WireWriter) { writer.string(1, path) }

    package init(from reader: inout WireReader) throws(HFSError) {
        var path: String?
        while let (number, type) = try reader.nextField() {
            if number == 1, type == .lengthDelimited { path = try reader.path() } else { try reader.skip(type) }
        }
        guard let path else { throw WireReader.missing("src") }
        self.path = path
    }
}
