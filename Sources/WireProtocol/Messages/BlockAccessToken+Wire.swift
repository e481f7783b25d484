package import Core

/// TokenProto: of any service.
extension BlockAccessToken: WireEncodable {
    package var encodedSize: Int {
        WireSize.delimited(1, identifier.count) + WireSize.delimited(2, password.count) + WireSize.string(3, Self.kind)
            + WireSize.delimited(4, 0)
    }

    package func encode(to writer: inout WireWriter) {
        writer.byteArray(1, identifier)
        writer.byteArray(2, password)
        writer.string(3, Self.kind)
        writer.header(4, count: 0)
    }
}
