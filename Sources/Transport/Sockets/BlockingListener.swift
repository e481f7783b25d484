package import Core
import Glibc
import Synchronization

/// A listening TCP socket whose `accept` blocks the thread that calls it. `shutdown()` from any thread ends it.
package final class BlockingListener: Sendable {
    private let descriptor: Int32
    private let isClosed = Mutex(false)
    private let shutdownAsked = Atomic<Bool>(false)
    /// The port that is bound: the one asked for, or the system's choice for 0.
    package let port: UInt16

    /// Binds and listens.
    /// - Throws: `.io` when the address is taken or not ours.
    package init(host: String, port: UInt16, backlog: Int32 = 1024) throws(HFSError) {
        guard let address = try ResolvedAddress.resolve(host: host, port: port, forListening: true).first else {
            throw HFSError(.io, "No address for \(host)")
        }
        let socket = Glibc.socket(address.family, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        guard socket >= 0 else { throw HFSError(.io, "Cannot open a socket", cause: SystemCall.text(errno)) }
        var yes: Int32 = 1
        _ = setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, &yes, socklen_t(MemoryLayout<Int32>.size))
        guard address.withPointer({ bind(socket, $0, $1) }) == 0, listen(socket, backlog) == 0 else {
            let cause = SystemCall.text(errno)
            _ = Glibc.close(socket)
            throw HFSError(.io, "Cannot listen on \(host):\(port)", cause: cause)
        }
        descriptor = socket
        self.port = ResolvedAddress.describe { getsockname(socket, $0, $1) }?.port ?? port
    }

    deinit { close() }

    /// Blocks until a connection comes. Nil after `shutdown()`.
    /// - Throws: `.retriable` when the process or system is out of descriptors or memory: wait a moment, then go on.
    package func accept() throws(HFSError) -> BlockingSocket? {
        while true {
            guard !shutdownAsked.load(ordering: .acquiring) else { return nil }
            let socket = Glibc.accept(descriptor, nil, nil)
            if socket >= 0 {
                _ = fcntl(socket, F_SETFD, FD_CLOEXEC)
                return BlockingSocket(descriptor: socket)
            }
            switch errno {
            case EINTR, ECONNABORTED, EPROTO, EPERM: continue
            case EMFILE, ENFILE, ENOBUFS, ENOMEM:
                throw HFSError(.retriable, "Cannot accept a connection", cause: SystemCall.text(errno))
            default:
                let code = errno
                if shutdownAsked.load(ordering: .acquiring) { return nil }
                throw HFSError(.io, "Cannot accept connections on port \(port)", cause: SystemCall.text(code))
            }
        }
    }

    /// Ends `accept` for good. Thread-safe.
    package func shutdown() {
        shutdownAsked.store(true, ordering: .releasing)
        isClosed.withLock { isClosed in
            if !isClosed { _ = Glibc.shutdown(descriptor, Int32(SHUT_RDWR)) }
        }
    }

    /// Gives the port back. No thread may be inside `accept`.
    package func close() {
        isClosed.withLock { isClosed in
            guard !isClosed else { return }
            isClosed = true
            _ = Glibc.close(descriptor)
        }
    }
}
