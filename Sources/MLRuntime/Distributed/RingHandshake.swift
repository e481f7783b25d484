import Core
import Glibc

/// How two neighbours of a ring find out that they are: who connects shows what only the other one's address notice has. Blocks.
enum RingHandshake {
    /// Connects to the next rank and takes the connection of the one before; whoever else connects is turned away.
    static func connect(
        _ listener: Int32, next: (host: String, port: UInt16), hello: [UInt8], expected: [UInt8], deadlineMs: Int64
    ) throws(HFSError) -> RingPipe {
        let outgoing = try RingSocket.connect(next.host, next.port)
        do throws(HFSError) {
            // Shorter than any socket's buffer.
            guard send(outgoing, hello, hello.count, Int32(MSG_NOSIGNAL)) == hello.count else {
                throw HFSError(.connectionLost, "The worker at \(next.host):\(next.port) is gone")
            }
            while true {
                let incoming = try RingSocket.accept(listener, deadlineMs: deadlineMs)
                if isExpected(incoming, expected, deadlineMs: deadlineMs) {
                    return RingPipe(next: outgoing, previous: incoming)
                }
                close(incoming)
            }
        } catch {
            close(outgoing)
            throw error
        }
    }

    /// A stranger has this long to say who it is. Milliseconds.
    private static let helloMs: Int64 = 10_000

    private static func isExpected(_ descriptor: Int32, _ expected: [UInt8], deadlineMs: Int64) -> Bool {
        let untilMs = min(deadlineMs, SystemClock().monotonicMs + helloMs)
        var bytes = [UInt8](repeating: 0, count: expected.count)
        var count = 0
        while count < bytes.count {
            var entry = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
            let leftMs = untilMs - SystemClock().monotonicMs
            guard leftMs > 0 else { return false }
            guard poll(&entry, 1, Int32(clamping: leftMs)) > 0 else { continue }
            let part = bytes.withUnsafeMutableBytes {
                recv(descriptor, $0.baseAddress.map { $0 + count }, $0.count - count, 0)
            }
            guard part > 0 else { return false }
            count += part
        }
        // Each byte is looked at, so that the time says nothing.
        return zip(bytes, expected).reduce(UInt8(0)) { $0 | ($1.0 ^ $1.1) } == 0
    }
}
