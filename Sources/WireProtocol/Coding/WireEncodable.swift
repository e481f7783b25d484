package import NIOCore

/// A value that writes itself as a protobuf message in one pass over memory of a known size.
package protocol WireEncodable {
    /// Exactly the bytes that `encode(to:)` writes.
    var encodedSize: Int { get }
    func encode(to writer: inout WireWriter)
}

extension WireEncodable {
    /// Appends the message, without a length before it.
    package func encode(into buffer: inout ByteBuffer) {
        let size = encodedSize
        buffer.writeWithUnsafeMutableBytes(minimumWritableBytes: size) { memory in
            var writer = WireWriter(UnsafeMutableRawBufferPointer(rebasing: memory[..<size]))
            encode(to: &writer)
            precondition(writer.offset == size, "protobuf message shorter than computed")
            return size
        }
    }

    /// Writes the message as field `field` of another one.
    package func encode(field: Int, to writer: inout WireWriter) {
        writer.header(field, count: encodedSize)
        encode(to: &writer)
    }

    package func encodedSize(field: Int) -> Int { WireSize.delimited(field, encodedSize) }
}
