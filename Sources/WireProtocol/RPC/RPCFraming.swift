package import Core
package import NIOCore

/// Frames: a big-endian length of four bytes, then that many bytes. Both directions.
package enum RPCFraming {
    /// Takes the next whole frame off the buffer, without its length; nil when more bytes are needed.
    ///
    /// Throws `.malformedRequest` as soon as a length is read that is above `bytesMax`: nothing is reserved for it.
    package static func nextFrame(
        from buffer: inout ByteBuffer, bytesMax: Int = Limits.rpcFrameBytesMax
    ) throws(HFSError) -> ByteBuffer? {
        guard let length = buffer.getInteger(at: buffer.readerIndex, as: UInt32.self) else { return nil }
        guard length <= UInt32(clamping: bytesMax) else {
            throw HFSError(.malformedRequest, "RPC frame of \(length) bytes is above the limit of \(bytesMax)")
        }
        guard buffer.readableBytes >= 4 + Int(length) else { return nil }
        buffer.moveReaderIndex(forwardBy: 4)
        return buffer.readSlice(length: Int(length))
    }
}
