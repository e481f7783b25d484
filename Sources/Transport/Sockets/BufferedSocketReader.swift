package import Core

/// Reads messages, integers and data from a `BlockingSocket` with few system calls. Used by one thread at a time.
///
/// Large reads go past the buffer straight into the caller's memory.
package final class BufferedSocketReader {
    package let socket: BlockingSocket
    private let buffer: UnsafeMutableRawBufferPointer
    private var start = 0
    private var end = 0

    /// - Parameter capacity: bytes read ahead at most. A reader of bulk data wants few, so that the data itself is not
    ///   copied: 8 KiB hold any header.
    package init(_ socket: BlockingSocket, capacity: Int = 8 << 10) {
        precondition(capacity >= 16)
        self.socket = socket
        buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: capacity, alignment: 16)
    }

    deinit { buffer.deallocate() }

    /// Bytes already read from the socket and not yet taken.
    package var bufferedCount: Int { end - start }

    /// Fills the caller's memory.
    /// - Throws: `.connectionLost` when the stream ends first, `.timedOut`.
    package func read(into target: UnsafeMutableRawBufferPointer) throws(HFSError) {
        var filled = takeBuffered(into: target)
        while filled < target.count {
            let rest = UnsafeMutableRawBufferPointer(rebasing: target[filled...])
            if rest.count >= buffer.count {
                try socket.readFully(into: rest)
                return
            }
            guard try fill() else { throw ended }
            filled += takeBuffered(into: rest)
        }
    }

    /// Reads at least one byte; 0 at the end of the stream.
    package func readSome(into target: UnsafeMutableRawBufferPointer) throws(HFSError) -> Int {
        if bufferedCount > 0 || target.isEmpty { return takeBuffered(into: target) }
        return try socket.readSome(into: target)
    }

    /// Throws `.connectionLost` when the stream ends first.
    package func readBytes(_ count: Int) throws(HFSError) -> [UInt8] {
        var failure: HFSError?
        let bytes = [UInt8](unsafeUninitializedCapacity: count) { target, initialized in
            do throws(HFSError) {
                let slice = UnsafeMutableBufferPointer(rebasing: target[..<count])
                try read(into: UnsafeMutableRawBufferPointer(slice))
                initialized = count
            } catch {
                failure = error
            }
        }
        if let failure { throw failure }
        return bytes
    }

    /// Big-endian.
    package func readUInt8() throws(HFSError) -> UInt8 { try readInteger() }
    package func readUInt16() throws(HFSError) -> UInt16 { try readInteger() }
    package func readUInt32() throws(HFSError) -> UInt32 { try readInteger() }

    /// A message with its varint length before it.
    /// - Throws: `.malformedRequest` when the length is above `limit` or no varint.
    package func readDelimited(limit: Int = Limits.headerMessageBytesMax) throws(HFSError) -> [UInt8] {
        var length: UInt64 = 0
        var shift: UInt64 = 0
        while true {
            let byte = try readUInt8()
            length |= UInt64(byte & 0x7f) << shift
            if byte & 0x80 == 0 { break }
            shift += 7
            guard shift < 35 else { throw HFSError(.malformedRequest, "Message length is not a varint") }
        }
        guard length <= UInt64(limit) else {
            throw HFSError(.malformedRequest, "Message of \(length) bytes is above the limit of \(limit)")
        }
        return try readBytes(Int(length))
    }

    /// Waits for the first byte of what comes next; false when the peer has closed in between (or `timeoutMs` passed):
    /// the quiet end of a kept connection.
    package func waitForInput(timeoutMs: Int64? = nil) throws(HFSError) -> Bool {
        if bufferedCount > 0 { return true }
        if let timeoutMs, try !socket.waitReadable(timeoutMs: timeoutMs) { return false }
        return try fill()
    }

    private func readInteger<T: FixedWidthInteger>() throws(HFSError) -> T {
        let size = MemoryLayout<T>.size
        while bufferedCount < size {
            guard try fill() else { throw ended }
        }
        var value: T = 0
        for offset in 0..<size { value = value << 8 | T(truncatingIfNeeded: buffer[start + offset]) }
        start += size
        return value
    }

    /// Reads more behind what is buffered; false at the end of the stream.
    private func fill() throws(HFSError) -> Bool {
        if start == end {
            start = 0
            end = 0
        } else if end == buffer.count {
            buffer.copyMemory(from: UnsafeRawBufferPointer(rebasing: buffer[start..<end]))
            end -= start
            start = 0
        }
        let count = try socket.readSome(into: UnsafeMutableRawBufferPointer(rebasing: buffer[end...]))
        end += count
        return count > 0
    }

    private func takeBuffered(into target: UnsafeMutableRawBufferPointer) -> Int {
        let count = min(bufferedCount, target.count)
        guard count > 0 else { return 0 }
        target.copyMemory(from: UnsafeRawBufferPointer(rebasing: buffer[start..<start + count]))
        start += count
        return count
    }

    private var ended: HFSError { socket.streamEnded("Stream ended in the middle of a message") }
}
