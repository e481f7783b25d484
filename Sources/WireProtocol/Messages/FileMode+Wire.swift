package import Core

/// FsPermissionProto.
extension FileMode: WireEncodable, WireDecodable {
    package var encodedSize: Int { WireSize.uint(1, UInt64(bits)) }

    package func encode(to writer: inout WireWriter) { writer.uint(1, UInt64(bits)) }

    package init(from reader: inout WireReader) throws(HFSError) {
        var bits: UInt32?
        while let (number, type) = try reader.nextField() {
            if number == 1, type == .varint { bits = try reader.uint32() } else { try reader.skip(type) }
        }
        guard let bits else { throw WireReader.missing("perm") }
        self.init(UInt16(truncatingIfNeeded: bits))
    }
}
