import Core
import Glibc

/// A blocking TCP socket. Used by one thread.
final class PlainSocket {
    private let descriptor: Int32

    /// Connects to a numeric IPv4 address.
    init(host: String, port: UInt16) throws(HFSError) {
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        guard descriptor >= 0 else { throw HFSError(.connectionFailed, "socket: \(String(cString: strerror(errno)))") }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        guard inet_pton(AF_INET, host, &address.sin_addr) == 1 else {
            Glibc.close(descriptor)
            throw HFSError(.invalidArgument, "not a numeric IPv4 address: \(host)")
        }
        let result = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard result == 0 else {
            let reason = String(cString: strerror(errno))
            Glibc.close(descriptor)
            throw HFSError(.connectionFailed, "\(host):\(port): \(reason)")
        }
        var one: Int32 = 1
        setsockopt(descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, &one, socklen_t(MemoryLayout<Int32>.size))
    }

    deinit { Glibc.close(descriptor) }

    func sendAll(_ bytes: UnsafeRawBufferPointer) throws(HFSError) {
        var offset = 0
        while offset < bytes.count {
            let n = send(descriptor, bytes.baseAddress.map { $0 + offset }, bytes.count - offset, Int32(MSG_NOSIGNAL))
            if n > 0 { offset += n } else if errno != EINTR { throw lost("send") }
        }
    }

    /// Reads what is there, at least one byte.
    func receive(into buffer: UnsafeMutableRawBufferPointer) throws(HFSError) -> Int {
        while true {
            let n = recv(descriptor, buffer.baseAddress, buffer.count, 0)
            if n > 0 { return n }
            if n == 0 { throw HFSError(.connectionLost, "the server closed the connection") }
            if errno != EINTR { throw lost("receive") }
        }
    }

    private func lost(_ call: String) -> HFSError {
        HFSError(.connectionLost, "\(call): \(String(cString: strerror(errno)))")
    }
}
