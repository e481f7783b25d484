package import Core
import Glibc
import Synchronization

/// A connected TCP socket whose calls block the thread that makes them: for data transfers on dedicated threads.
///
/// One thread may read while another writes. `shutdown()` may be called from any thread and makes all of them return.
/// `close()` belongs to the owner, when no other thread uses the socket any more; `deinit` closes too.
/// Errors: `.connectionLost` when the peer is gone, `.timedOut` when a set timeout passed without a byte, `.cancelled` after
/// `shutdown()` here.
package final class BlockingSocket: Sendable {
    let descriptor: Int32
    private let isClosed = Mutex(false)
    private let shutdownAsked = Atomic<Bool>(false)

    /// Takes over an open stream socket.
    init(descriptor: Int32) {
        _ = SystemCall.ignoresBrokenPipe
        self.descriptor = descriptor
        setOption(level: Int32(IPPROTO_TCP), TCP_NODELAY, 1)
    }

    deinit { close() }

    // MARK: Opening and closing

    /// Connects to the first address of the host that answers.
    /// - Parameter onSocket: sees each socket before its connect begins, so that another thread can `shutdown()` it.
    /// - Throws: `.connectionFailed` when nobody answers there, also within `timeoutMs`.
    package static func connect(
        host: String, port: UInt16, timeoutMs: Int64, onSocket: ((BlockingSocket) -> Void)? = nil
    ) throws(HFSError) -> BlockingSocket {
        var last = HFSError(.connectionFailed, "No address for \(host):\(port)")
        for address in try ResolvedAddress.resolve(host: host, port: port, forListening: false) {
            let descriptor = Glibc.socket(
                address.family, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue), 0)
            guard descriptor >= 0 else {
                throw HFSError(.io, "Cannot open a socket", cause: SystemCall.text(errno))
            }
            let socket = BlockingSocket(descriptor: descriptor)
            onSocket?(socket)
            let code = socket.finishConnect(to: address, timeoutMs: timeoutMs)
            if code == 0 { return socket }
            last = HFSError(.connectionFailed, "Cannot connect to \(host):\(port)", cause: SystemCall.text(code))
            if socket.isShutdown { break }
        }
        throw last
    }

    /// 0 or an errno value. The socket is blocking afterwards.
    private func finishConnect(to address: ResolvedAddress, timeoutMs: Int64) -> Int32 {
        if address.withPointer({ Glibc.connect(descriptor, $0, $1) }) != 0 {
            guard errno == EINPROGRESS || errno == EINTR else { return errno }
            let ready = waitReady(POLLOUT, timeoutMs: timeoutMs)
            guard ready > 0 else { return ready == 0 ? ETIMEDOUT : errno }
            var code: Int32 = 0
            var length = socklen_t(MemoryLayout<Int32>.size)
            guard getsockopt(descriptor, SOL_SOCKET, SO_ERROR, &code, &length) == 0 else { return errno }
            guard code == 0 else { return code }
        }
        guard !isShutdown else { return ECANCELED }
        let flags = fcntl(descriptor, F_GETFL)
        return fcntl(descriptor, F_SETFL, flags & ~O_NONBLOCK) == 0 ? 0 : errno
    }

    /// Ends both directions: blocked and later calls of all threads return. Thread-safe, any number of times.
    package func shutdown() {
        shutdownAsked.store(true, ordering: .releasing)
        isClosed.withLock { isClosed in
            if !isClosed { _ = Glibc.shutdown(descriptor, Int32(SHUT_RDWR)) }
        }
    }

    /// Says that nothing more will be written; the peer reads to the end. Thread-safe.
    package func shutdownWriting() {
        isClosed.withLock { isClosed in
            if !isClosed { _ = Glibc.shutdown(descriptor, Int32(SHUT_WR)) }
        }
    }

    /// True once `shutdown()` was called here: tells a cancelled transfer from a broken one.
    package var isShutdown: Bool { shutdownAsked.load(ordering: .acquiring) }

    /// Gives the descriptor back. No other thread may be inside a call.
    package func close() {
        isClosed.withLock { isClosed in
            guard !isClosed else { return }
            isClosed = true
            _ = Glibc.close(descriptor)
        }
    }

    // MARK: Settings

    /// How long one read or write may wait without a byte; 0 waits for ever.
    package func setTimeouts(readMs: Int64, writeMs: Int64) {
        setTimeout(SO_RCVTIMEO, readMs)
        setTimeout(SO_SNDTIMEO, writeMs)
    }

    /// Asks for kernel buffers of these sizes; the system may give less.
    package func setBufferSizes(sendBytes: Int, receiveBytes: Int) {
        setOption(level: SOL_SOCKET, SO_SNDBUF, Int32(clamping: sendBytes))
        setOption(level: SOL_SOCKET, SO_RCVBUF, Int32(clamping: receiveBytes))
    }

    /// Lets the system notice a peer that vanished without a word.
    package func setKeepAlive() { setOption(level: SOL_SOCKET, SO_KEEPALIVE, 1) }

    /// The numeric address and port of the other end; nil when it is gone.
    package var remoteAddress: (host: String, port: UInt16)? {
        ResolvedAddress.describe { getpeername(descriptor, $0, $1) }
    }

    /// The numeric address and port of this end.
    package var localAddress: (host: String, port: UInt16)? {
        ResolvedAddress.describe { getsockname(descriptor, $0, $1) }
    }

    /// Waits until bytes (or the end, or an error) can be read; false when `timeoutMs` passed first.
    /// - Throws: `.connectionLost` when the socket is unusable.
    package func waitReadable(timeoutMs: Int64) throws(HFSError) -> Bool {
        let ready = waitReady(POLLIN, timeoutMs: timeoutMs)
        guard ready >= 0 else { throw SystemCall.connectionError(errno, "Waiting for input failed") }
        return ready > 0
    }

    /// As `poll`: above 0 when ready, 0 when the time has passed.
    private func waitReady(_ event: Int32, timeoutMs: Int64) -> Int32 {
        let clock = SystemClock()
        let deadline = clock.monotonicMs + min(max(timeoutMs, 0), 1 << 40)
        while true {
            let left = max(deadline - clock.monotonicMs, 0)
            var request = pollfd(fd: descriptor, events: Int16(event), revents: 0)
            let ready = poll(&request, 1, Int32(clamping: left))
            if ready > 0 || (ready < 0 && errno != EINTR) || (ready == 0 && left <= Int64(Int32.max)) { return ready }
        }
    }

    private func setTimeout(_ option: Int32, _ ms: Int64) {
        var time = timeval(tv_sec: Int(ms / 1000), tv_usec: Int(ms % 1000) * 1000)
        _ = setsockopt(descriptor, SOL_SOCKET, option, &time, socklen_t(MemoryLayout<timeval>.size))
    }

    private func setOption(level: Int32, _ option: Int32, _ value: Int32) {
        var value = value
        _ = setsockopt(descriptor, level, option, &value, socklen_t(MemoryLayout<Int32>.size))
    }
}
