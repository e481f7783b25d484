import Core
import Glibc

/// A worker's two connections: it sends to the next rank and receives from the one before. Blocks the calling thread.
final class RingPipe: Sendable {
    private let next: Int32
    private let previous: Int32

    /// Takes over two connected sockets that do not block.
    init(next: Int32, previous: Int32) {
        self.next = next
        self.previous = previous
    }

    deinit {
        close(next)
        close(previous)
    }

    /// Ends both connections: the neighbours see it, and tell theirs.
    func end() {
        shutdown(next, Int32(SHUT_RDWR))
        shutdown(previous, Int32(SHUT_RDWR))
    }

    /// Sends all of `outgoing` while it fills `incoming`, so that no two ranks wait for one another. `.connectionLost` when a
    /// neighbour is gone.
    func exchange(_ outgoing: UnsafeRawBufferPointer, _ incoming: UnsafeMutableRawBufferPointer) throws(HFSError) {
        var (sent, received) = (0, 0)
        while sent < outgoing.count || received < incoming.count {
            // Who is done may be gone by now: only what is still needed of a neighbour is waited for.
            var entries = [
                pollfd(fd: sent < outgoing.count ? next : -1, events: Int16(POLLOUT), revents: 0),
                pollfd(fd: received < incoming.count ? previous : -1, events: Int16(POLLIN), revents: 0),
            ]
            guard poll(&entries, 2, -1) > 0 || errno == EINTR else { throw Self.lost("poll") }
            if entries[0].revents != 0, let base = outgoing.baseAddress {
                let count = send(next, base + sent, outgoing.count - sent, Int32(MSG_NOSIGNAL))
                guard count > 0 || errno == EAGAIN || errno == EINTR else { throw Self.lost("send") }
                sent += max(count, 0)
            }
            if entries[1].revents != 0, let base = incoming.baseAddress {
                let count = recv(previous, base + received, incoming.count - received, 0)
                guard count > 0 || count < 0 && (errno == EAGAIN || errno == EINTR) else {
                    throw Self.lost(count == 0 ? nil : "receive")
                }
                received += max(count, 0)
            }
        }
    }

    private static func lost(_ call: String?) -> HFSError {
        HFSError(
            .connectionLost, "A worker of the group is gone",
            cause: call.map { "\($0): \(String(cString: strerror(errno)))" })
    }
}
