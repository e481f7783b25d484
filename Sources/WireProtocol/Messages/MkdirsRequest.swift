package import Core

/// mkdirs.
package struct MkdirsRequest: Hashable, Sendable, WireEncodable, WireDecodable {
    package var path: String
    /// With the client's umask applied.
    package var mode: FileMode
    package var createsParents: Bool
    /// Without it; counts below a default ACL.
    package var unmaskedMode: FileMode?

    package init(path: String, mode: FileMode, createsParents: Bool, unmaskedMode: FileMode? = nil) {
        self.path = path
        self.mode = mode
        self.createsParents = createsParents
        self.unmaskedMode = unmaskedMode
    }

    package var encodedSize: Int {
        WireSize.string(1, path) + mode.encodedSize(field: 2) + WireSize.bool(3)
            + (unmaskedMode?.encodedSize(field: 4) ?? 0)
    }

    package func encode(to writer: inout WireWriter) {
        writer.string(1, path)
        mode.encode(field: 2, to: &writer)
        writer.bool(3, createsParents)
        unmaskedMode?.encode(field: 4, to: &writer)
    }

    package init(from reader: inout WireReader) throws(HFSError) {
        var path: String?
        var mode: FileMode?
        var createsParents: Bool?
        var unmaskedMode: FileMode?
        while let (number, type) = try reader.nextField() {
            switch (number, type) {
            case (1, .lengthDelimited): path = try reader.path()
            case (2, .lengthDelimited): mode = try reader.embedded(FileMode.self, replacing: mode)
            case (3, .varint): createsParents = try reader.bool()
            case (4, .lengthDelimited): unmaskedMode = try reader.embedded(FileMode.self, replacing: unmaskedMode)
            default: try reader.skip(type)
            }
        }
        guard let path, let mode, let createsParents else { throw WireReader.missing("src, masked, createParent") }
        self.init(path: path, mode: mode, createsParents: createsParents, unmaskedMode: unmaskedMode)
    }
}
