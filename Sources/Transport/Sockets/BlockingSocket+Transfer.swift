package import Core
import Glibc

extension BlockingSocket {
    // MARK: Reading

    /// Reads at least one byte, at most the buffer; 0 at the end of the stream.
    package func readSome(into buffer: UnsafeMutableRawBufferPointer) throws(HFSError) -> Int {
        guard !buffer.isEmpty else { return 0 }
        while true {
            let count = recv(descriptor, buffer.baseAddress, buffer.count, 0)
            if count >= 0 { return count }
            if errno != EINTR { throw failure(errno, "Reading failed") }
        }
    }

    /// Fills the buffer. Large buffers cost one system call for what has arrived, with no copy in between.
    /// - Throws: `.connectionLost` also when the stream ends first.
    package func readFully(into buffer: UnsafeMutableRawBufferPointer) throws(HFSError) {
        var filled = 0
        while filled < buffer.count {
            let rest = buffer.count - filled
            let count = recv(descriptor, buffer.baseAddress?.advanced(by: filled), rest, Int32(MSG_WAITALL))
            if count > 0 {
                filled += count
            } else if count == 0 {
                throw streamEnded("Stream ended after \(filled) of \(buffer.count) bytes")
            } else if errno != EINTR {
                throw failure(errno, "Reading failed")
            }
        }
    }

    // MARK: Writing

    /// Writes everything. With `more` the system may wait for the next write to fill a segment.
    package func writeAll(_ bytes: UnsafeRawBufferPointer, more: Bool = false) throws(HFSError) {
        let flags = Int32(MSG_NOSIGNAL) | (more ? Int32(MSG_MORE) : 0)
        var sent = 0
        while sent < bytes.count {
            let count = send(descriptor, bytes.baseAddress?.advanced(by: sent), bytes.count - sent, flags)
            if count >= 0 {
                sent += count
            } else if errno != EINTR {
                throw failure(errno, "Writing failed")
            }
        }
    }

    /// Writes everything.
    package func writeAll(_ bytes: [UInt8], more: Bool = false) throws(HFSError) {
        // Rethrowing through the closure would lose the error's type.
        let outcome: Result<Void, HFSError> = bytes.withUnsafeBytes { raw in
            do throws(HFSError) {
                return .success(try writeAll(raw, more: more))
            } catch {
                return .failure(error)
            }
        }
        try outcome.get()
    }

    /// Writes all parts in order, in as few system calls as the socket takes (writev): a packet's header, checksums and
    /// data from where they are.
    package func writeAll(
        _ first: UnsafeRawBufferPointer, _ second: UnsafeRawBufferPointer,
        _ third: UnsafeRawBufferPointer = UnsafeRawBufferPointer(start: nil, count: 0), more: Bool = false
    ) throws(HFSError) {
        let outcome: Result<Void, HFSError> = withUnsafeTemporaryAllocation(of: iovec.self, capacity: 3) { vectors in
            vectors.initializeElement(at: 0, to: Self.vector(first))
            vectors.initializeElement(at: 1, to: Self.vector(second))
            vectors.initializeElement(at: 2, to: Self.vector(third))
            do throws(HFSError) {
                return .success(try writeVectors(vectors, more: more))
            } catch {
                return .failure(error)
            }
        }
        try outcome.get()
    }

    /// Writes any number of parts in order.
    package func writeAll(parts: [UnsafeRawBufferPointer], more: Bool = false) throws(HFSError) {
        var start = 0
        // The system takes at most 1,024 parts a call.
        while start < parts.count {
            let end = min(start + 1024, parts.count)
            var vectors = parts[start..<end].map(Self.vector)
            let outcome: Result<Void, HFSError> = vectors.withUnsafeMutableBufferPointer { buffer in
                do throws(HFSError) {
                    return .success(try writeVectors(buffer, more: more || end < parts.count))
                } catch {
                    return .failure(error)
                }
            }
            try outcome.get()
            start = end
        }
    }

    /// Sends `count` bytes of an open file from `offset` without a copy through this process. Moves no file position.
    /// - Throws: `.connectionLost`, `.timedOut`; `.io` when the file ends first or cannot be read.
    package func sendFile(descriptor file: Int32, offset: Int64, count: Int) throws(HFSError) {
        var position = off_t(offset)
        var left = count
        while left > 0 {
            let sent = sendfile(descriptor, file, &position, left)
            if sent > 0 {
                left -= sent
            } else if sent == 0 {
                throw HFSError(.io, "File ended \(left) bytes before the end of the range to send")
            } else if errno == EIO {
                throw HFSError(.io, "Reading the file to send failed", cause: SystemCall.text(errno))
            } else if errno != EINTR {
                throw failure(errno, "Sending a file failed")
            }
        }
    }

    private func writeVectors(_ vectors: UnsafeMutableBufferPointer<iovec>, more: Bool) throws(HFSError) {
        var first = 0
        while first < vectors.count {
            if vectors[first].iov_len == 0 {
                first += 1
                continue
            }
            var message = msghdr()
            message.msg_iov = vectors.baseAddress?.advanced(by: first)
            message.msg_iovlen = vectors.count - first
            let flags = Int32(MSG_NOSIGNAL) | (more ? Int32(MSG_MORE) : 0)
            var sent = sendmsg(descriptor, &message, flags)
            guard sent >= 0 else {
                if errno == EINTR { continue }
                throw failure(errno, "Writing failed")
            }
            while first < vectors.count, sent >= vectors[first].iov_len {
                sent -= vectors[first].iov_len
                first += 1
            }
            if sent > 0 {
                vectors[first].iov_base = vectors[first].iov_base?.advanced(by: sent)
                vectors[first].iov_len -= sent
            }
        }
    }

    private static func vector(_ bytes: UnsafeRawBufferPointer) -> iovec {
        iovec(iov_base: UnsafeMutableRawPointer(mutating: bytes.baseAddress), iov_len: bytes.count)
    }

    /// The error for a stream that ended before its time: by the peer, or by a `shutdown()` here.
    func streamEnded(_ what: String) -> HFSError {
        isShutdown ? HFSError(.cancelled, "Connection was shut down here") : HFSError(.connectionLost, what)
    }

    private func failure(_ code: Int32, _ what: String) -> HFSError {
        isShutdown ? HFSError(.cancelled, "Connection was shut down here") : SystemCall.connectionError(code, what)
    }
}
