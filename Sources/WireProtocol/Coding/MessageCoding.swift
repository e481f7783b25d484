package import Core
package import NIOCore
package import SwiftProtobuf

/// Generated messages to and from bytes, with our error in place of the library's.
package enum MessageCoding {
    /// Throws `.malformedRequest`, saying which message could not be read and why.
    package static func decode<M: Message>(_ type: M.Type, from body: ByteBuffer) throws(HFSError) -> M {
        try body.withUnsafeReadableBytes { memory in decoded(type, memory) }.get()
    }

    /// Throws `.malformedRequest`, saying which message could not be read and why.
    package static func decode<M: Message>(_ type: M.Type, from bytes: [UInt8]) throws(HFSError) -> M {
        try bytes.withUnsafeBytes { memory in decoded(type, memory) }.get()
    }

    /// Throws `.malformedRequest`, saying which message could not be read and why.
    package static func decode<M: Message>(_ type: M.Type, from memory: UnsafeRawBufferPointer) throws(HFSError) -> M {
        try decoded(type, memory).get()
    }

    private static func decoded<M: Message>(_ type: M.Type, _ memory: UnsafeRawBufferPointer) -> Result<M, HFSError> {
        do {
            // Deeply nested unknown groups are the only recursion a peer could build; the library's own limit is 100.
            return .success(try M(serializedBytes: memory.bytes))
        } catch {
            let name = M.protoMessageName.split(separator: ".").last ?? ""
            if let error = error as? BinaryDecodingError, error == .missingRequiredFields {
                return .failure(WireReader.missing(String(name)))
            }
            return .failure(HFSError(.malformedRequest, "Malformed \(name)", cause: "\(error)"))
        }
    }

    /// The message's bytes. Throws `.malformedRequest` when a required field was not set: our own mistake, but one that
    /// must not stop the process.
    package static func encode(_ message: some Message) throws(HFSError) -> [UInt8] {
        do { return try message.serializedBytes() } catch {
            throw HFSError(
                .malformedRequest, "\(type(of: message).protoMessageName) cannot be encoded", cause: "\(error)")
        }
    }
}
