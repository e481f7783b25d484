import Core
import Glibc

/// TCP as the ring needs it: sockets that listen before anybody is told of them, and connections that see a peer's host go.
enum RingSocket {
    /// Idle seconds before a silent peer is asked whether it lives, between two such questions, and how many it may leave open.
    private static let keepAlive: (idle: Int32, interval: Int32, count: Int32) = (10, 5, 3)
    /// Unacknowledged bytes end a connection after so long. Milliseconds.
    private static let unacknowledgedMs: Int32 = 30_000

    /// A socket that listens at an address of this host, at any free port.
    static func listen(_ host: String) throws(HFSError) -> (descriptor: Int32, port: UInt16) {
        let descriptor = try open()
        do throws(HFSError) {
            var address = try address(host, 0)
            var length = socklen_t(MemoryLayout<sockaddr_in>.size)
            let isListening = withUnsafeMutablePointer(to: &address) {
                $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                    bind(descriptor, $0, length) == 0 && Glibc.listen(descriptor, 8) == 0
                        && getsockname(descriptor, $0, &length) == 0
                }
            }
            guard isListening else { throw TrialFolder.error("listen at \(host)") }
            return (descriptor, UInt16(bigEndian: address.sin_port))
        } catch {
            close(descriptor)
            throw error
        }
    }

    /// A connection to a peer that listens. `.connectionFailed` when there is none.
    static func connect(_ host: String, _ port: UInt16) throws(HFSError) -> Int32 {
        let descriptor = try open()
        do throws(HFSError) {
            var address = try address(host, port)
            let code = withUnsafeMutablePointer(to: &address) {
                $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                    Glibc.connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
                }
            }
            guard code == 0 else {
                throw HFSError(
                    .connectionFailed, "Cannot connect to the worker at \(host):\(port)",
                    cause: String(cString: strerror(errno)))
            }
            prepare(descriptor)
            return descriptor
        } catch {
            close(descriptor)
            throw error
        }
    }

    /// The next peer that connects; `.timedOut` when none does.
    static func accept(_ listener: Int32, deadlineMs: Int64) throws(HFSError) -> Int32 {
        while true {
            var entry = pollfd(fd: listener, events: Int16(POLLIN), revents: 0)
            let leftMs = deadlineMs - SystemClock().monotonicMs
            guard leftMs > 0 else { throw HFSError(.timedOut, "No worker has connected") }
            guard poll(&entry, 1, Int32(clamping: leftMs)) > 0 else { continue }
            let descriptor = Glibc.accept(listener, nil, nil)
            guard descriptor >= 0 else { continue }
            _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
            prepare(descriptor)
            return descriptor
        }
    }

    private static func open() throws(HFSError) -> Int32 {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { throw TrialFolder.error("open a socket") }
        return descriptor
    }

    /// Neither waits for more bytes to send, nor for ever for a host that is gone; never blocks in a read or a write.
    private static func prepare(_ descriptor: Int32) {
        set(descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, 1)
        set(descriptor, SOL_SOCKET, SO_KEEPALIVE, 1)
        set(descriptor, Int32(IPPROTO_TCP), TCP_KEEPIDLE, keepAlive.idle)
        set(descriptor, Int32(IPPROTO_TCP), TCP_KEEPINTVL, keepAlive.interval)
        set(descriptor, Int32(IPPROTO_TCP), TCP_KEEPCNT, keepAlive.count)
        set(descriptor, Int32(IPPROTO_TCP), TCP_USER_TIMEOUT, unacknowledgedMs)
        _ = fcntl(descriptor, F_SETFL, fcntl(descriptor, F_GETFL) | O_NONBLOCK)
    }

    private static func set(_ descriptor: Int32, _ level: Int32, _ option: Int32, _ value: Int32) {
        var value = value
        setsockopt(descriptor, level, option, &value, socklen_t(MemoryLayout<Int32>.size))
    }

    private static func address(_ host: String, _ port: UInt16) throws(HFSError) -> sockaddr_in {
        var hints = addrinfo()
        hints.ai_family = AF_INET
        hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        var list: UnsafeMutablePointer<addrinfo>?
        guard getaddrinfo(host, nil, &hints, &list) == 0, let first = list, let found = first.pointee.ai_addr else {
            throw HFSError(.connectionFailed, "There is no host '\(host)'")
        }
        defer { freeaddrinfo(first) }
        var address = UnsafeRawPointer(found).loadUnaligned(as: sockaddr_in.self)
        address.sin_port = port.bigEndian
        return address
    }
}
