import Core
import Glibc
import Synchronization

/// A TCP port of this host that nobody else gets while it is held. It is let go of right before the program that is to listen there
/// starts.
final class HeldPort: Sendable {
    let number: UInt16
    /// -1 once it was let go of.
    private let descriptor: Atomic<Int32>

    /// Any free port; `.io` when there is none.
    init() throws(HFSError) {
        guard let held = Self.bound() else { throw TrialFolder.error("hold a port") }
        descriptor = Atomic(held.descriptor)
        number = held.number
    }

    deinit { release() }

    /// Lets go of it.
    func release() {
        let held = descriptor.exchange(-1, ordering: .sequentiallyConsistent)
        if held >= 0 { close(held) }
    }

    /// Whether a process has that port: listens there, or has a connection from it. What programs that have ended leave behind does
    /// not count.
    static func isTaken(_ number: UInt16) -> Bool {
        ["/proc/net/tcp", "/proc/net/tcp6"].contains { table in
            let bytes = (try? TrialFolder.contents(of: table, bytesMax: 64 << 20)) ?? nil
            return bytes.map { isTaken(number, in: String(decoding: $0, as: UTF8.self)) } ?? false
        }
    }

    /// A line a socket: `0: 0100007F:1F90 00000000:0000 0A ...`, of which the fourth is the state, 1 connected, 10 listening.
    static func isTaken(_ number: UInt16, in table: String) -> Bool {
        table.split(separator: "\n").dropFirst().contains { line in
            let fields = line.split(separator: " ", maxSplits: 4)
            guard fields.count == 5, let port = fields[1].split(separator: ":").last else { return false }
            return UInt16(port, radix: 16) == number && (fields[3] == "01" || fields[3] == "0A")
        }
    }

    private static func bound() -> (descriptor: Int32, number: UInt16)? {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { return nil }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let isBound = withUnsafeMutablePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, length) == 0 && getsockname(descriptor, $0, &length) == 0
            }
        }
        guard isBound else {
            close(descriptor)
            return nil
        }
        return (descriptor, UInt16(bigEndian: address.sin_port))
    }
}
