package import Core

/// The six bytes before a packet's header: the length of what follows the header, and of the header.
package struct PacketPrefix: Hashable, Sendable {
    package static let byteCount = 6
    /// Bytes of a header: real ones have 25 or 27, the rest is room for fields to come.
    package static let headerBytesMax = 1024

    /// Bytes of checksums and data.
    package let payloadBytes: Int
    package let headerBytes: Int

    /// Throws `.malformedRequest` for lengths that no packet has: reserve nothing before this was called.
    package init(decoding bytes: UnsafeRawBufferPointer) throws(HFSError) {
        guard bytes.count >= Self.byteCount else { throw WireReader.malformed("a packet is cut off") }
        // The first length counts its own four bytes.
        let length = Int(UInt32(bigEndian: bytes.loadUnaligned(as: UInt32.self))) - 4
        let headerBytes = Int(UInt16(bigEndian: bytes.loadUnaligned(fromByteOffset: 4, as: UInt16.self)))
        guard length >= 0, length <= Limits.packetBytesMax, headerBytes > 0, headerBytes <= Self.headerBytesMax else {
            throw WireReader.malformed("packet lengths \(length + 4) and \(headerBytes)")
        }
        payloadBytes = length
        self.headerBytes = headerBytes
    }
}
