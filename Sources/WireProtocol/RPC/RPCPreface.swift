package import NIOCore

/// The seven bytes that open a connection: `hrpc`, version 9, service class, authentication.
package enum RPCPreface {
    package static let version: UInt8 = 9
    package static let byteCount = 7

    /// The last byte: straight to the context frame, or a SASL exchange first.
    package enum Authentication: UInt8, Sendable {
        case simple = 0
        case sasl = 0xdf
    }

    /// What a new connection's first bytes say.
    package enum Outcome: Hashable, Sendable {
        /// More bytes are needed.
        case incomplete
        case accepted(Authentication)
        /// An HTTP GET: answer `httpAnswer` and close.
        case http
        /// Another RPC version: answer VERSION_MISMATCH and close.
        case versionMismatch(UInt8)
        /// Close without an answer.
        case unknownAuthentication(UInt8)
        /// Close without an answer.
        case garbage
    }

    private static let magic = Array("hrpc".utf8)
    private static let get = Array("GET ".utf8)

    package static func bytes(_ authentication: Authentication) -> [UInt8] {
        magic + [version, 0, authentication.rawValue]
    }

    /// Takes the preface off the buffer once it is there and accepted; in all other cases nothing is taken.
    package static func parse(_ buffer: inout ByteBuffer) -> Outcome {
        let outcome = buffer.withUnsafeReadableBytes { judge($0) }
        if case .accepted = outcome { buffer.moveReaderIndex(forwardBy: byteCount) }
        return outcome
    }

    private static func judge(_ bytes: UnsafeRawBufferPointer) -> Outcome {
        let head = bytes.prefix(4)
        if head.elementsEqual(get) { return .http }
        guard head.elementsEqual(magic.prefix(head.count)) || head.elementsEqual(get.prefix(head.count)) else {
            return .garbage
        }
        guard bytes.count > 4 else { return .incomplete }
        guard bytes[4] == version else { return .versionMismatch(bytes[4]) }
        guard bytes.count >= byteCount else { return .incomplete }
        guard let authentication = Authentication(rawValue: bytes[6]) else { return .unknownAuthentication(bytes[6]) }
        return .accepted(authentication)
    }

    /// What a browser gets to read; the connection closes after it.
    package static let httpAnswer = """
        HTTP/1.1 404 Not Found\r
        Content-type: text/plain\r
        Connection: close\r
        \r
        It looks like you are making an HTTP request to a Hadoop IPC port. \
        This is not the correct port for the web interface on this daemon.\r

        """
}
