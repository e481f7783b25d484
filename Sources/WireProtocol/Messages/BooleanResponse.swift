package import Core

/// The answer of mkdirs, delete, rename, complete, setReplication and recoverLease: one required bool.
package struct BooleanResponse: WireEncodable, WireDecodable {
    package var result: Bool

    package init(_ result: Bool) { self.result = result }

    package var encodedSize: Int { WireSize.bool(1) }

    package func encode(to writer: inout WireWriter) { writer.bool(1, result) }

    package init(from reader: inout WireReader) throws(HFSError) {
        var result: Bool?
        while let (number, type) = try reader.nextField() {
            if number == 1, type == .varint { result = try reader.bool() } else { try reader.skip(type) }
        }
        guard let result else { throw WireReader.missing("result") }
        self.result = result
    }
}
