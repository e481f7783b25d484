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
        guard let held = Self.bound(0) else { throw TrialFolder.error("hold a port") }
        descriptor = Atomic(held.descriptor)
        number = held.number
    }

    deinit { release() }

    /// Lets go of it.
    func release() {
        let held = descriptor.exchange(-1, ordering: .sequentiallyConsistent)
        if held >= 0 { close(held) }
    }

    /// Whether a program could listen there now.
    static func isFree(_ number: UInt16) -> Bool {
        guard let held = bound(number) else { return false }
        close(held.descriptor)
        return true
    }

    private static func bound(_ number: UInt16) -> (descriptor: Int32, number: UInt16)? {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { return nil }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = number.bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        // A server that ended leaves connections behind, which keep nobody else from listening.
        var one: Int32 = 1
        if number != 0 { setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &one, socklen_t(MemoryLayout<Int32>.size)) }
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
