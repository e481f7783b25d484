package import Core
package import NIOCore

/// A value that reads itself from the bytes of a protobuf message.
package protocol WireDecodable {
    /// Throws `.malformedRequest` for bytes that are no such message or lack a required field, and `.invalidPath` for a
    /// path that is not UTF-8. Unknown fields are passed over.
    init(from reader: inout WireReader) throws(HFSError)
}

extension WireDecodable {
    /// Decodes the readable bytes of `body`, all of them.
    package init(decoding body: ByteBuffer) throws(HFSError) {
        self = try body.withWireReader { (reader) throws(HFSError) in try Self(from: &reader) }
    }

    /// Decodes all of `bytes`.
    package init(decoding bytes: [UInt8]) throws(HFSError) {
        let result: Result<Self, HFSError> = bytes.withUnsafeBytes { memory in
            var reader = WireReader(memory)
            do throws(HFSError) { return .success(try Self(from: &reader)) } catch { return .failure(error) }
        }
        self = try result.get()
    }
}

extension ByteBuffer {
    /// Lends a cursor over the readable bytes.
    package func withWireReader<T>(_ body: (inout WireReader) throws(HFSError) -> T) throws(HFSError) -> T {
        let result: Result<T, HFSError> = withUnsafeReadableBytes { memory in
            var reader = WireReader(memory)
            do throws(HFSError) { return .success(try body(&reader)) } catch { return .failure(error) }
        }
        return try result.get()
    }
}

extension WireReader {
    /// Reads an embedded message. Throws when it was there before: merging the two, as protobuf would, is not worth the
    /// code, since nobody sends it.
    package mutating func embedded<T: WireDecodable>(_ type: T.Type, replacing old: T?) throws(HFSError) -> T {
        guard old == nil else { throw Self.malformed("an embedded message twice") }
        var fields = try message()
        return try T(from: &fields)
    }
}
