package import Core
package import SwiftProtobuf

/// Messages with their length before them, as they stand on data-transfer connections.
package enum Delimited {
    /// Bytes that a length can take.
    package static let lengthBytesMax = 5

    /// Length and message in one piece: hdfs-native fails when they arrive apart. Throws `.malformedRequest` for an
    /// incomplete message.
    package static func encode(_ message: some Message) throws(HFSError) -> [UInt8] {
        let body = try MessageCoding.encode(message)
        var bytes: [UInt8] = []
        bytes.reserveCapacity(body.count + lengthBytesMax)
        var length = body.count
        while length >= 0x80 {
            bytes.append(UInt8(truncatingIfNeeded: length) | 0x80)
            length >>= 7
        }
        bytes.append(UInt8(length))
        bytes.append(contentsOf: body)
        return bytes
    }

    /// The message's length and the bytes the length itself takes; nil when `bytes` end inside the length.
    ///
    /// Throws `.malformedRequest` for a length above `bytesMax`: reserve nothing before this was called.
    package static func length(
        at bytes: UnsafeRawBufferPointer, bytesMax: Int = Limits.headerMessageBytesMax
    ) throws(HFSError) -> (messageBytes: Int, lengthBytes: Int)? {
        var value = 0
        for index in 0..<min(bytes.count, lengthBytesMax) {
            value |= Int(bytes[index] & 0x7f) << (7 * index)
            if bytes[index] < 0x80 {
                guard value <= bytesMax else {
                    throw HFSError(.malformedRequest, "message of \(value) bytes is above the limit of \(bytesMax)")
                }
                return (value, index + 1)
            }
        }
        guard bytes.count < lengthBytesMax else { throw WireReader.malformed("a length of more than 32 bits") }
        return nil
    }

    /// Decodes a message that stands in `bytes` with its length before it, and says how many bytes both took; nil when
    /// `bytes` end before the message does. Throws `.malformedRequest`.
    package static func decode<M: Message>(
        _ type: M.Type, from bytes: UnsafeRawBufferPointer, bytesMax: Int = Limits.headerMessageBytesMax
    ) throws(HFSError) -> (message: M, byteCount: Int)? {
        guard let (messageBytes, lengthBytes) = try length(at: bytes, bytesMax: bytesMax),
            bytes.count - lengthBytes >= messageBytes
        else { return nil }
        let body = UnsafeRawBufferPointer(rebasing: bytes[lengthBytes..<lengthBytes + messageBytes])
        return (try MessageCoding.decode(type, from: body), lengthBytes + messageBytes)
    }
}
