package import Core

/// The answer of getFileInfo and create: no status where there is no such path.
package struct FileInfoResponse: WireEncodable, WireDecodable {
    package var status: FileStatus?

    package init(status: FileStatus?) { self.status = status }

    package var encodedSize: Int { status?.encodedSize(field: 1) ?? 0 }

    package func encode(to writer: inout WireWriter) { status?.encode(field: 1, to: &writer) }

    package init(from reader: inout WireReader) throws(HFSError) {
        var status: FileStatus?
        while let (number, type) = try reader.nextField() {
            if number == 1, type == .lengthDelimited {
                status = try reader.embedded(FileStatus.self, replacing: status)
            } else {
                try reader.skip(type)
            }
        }
        self.status = status
    }
}
