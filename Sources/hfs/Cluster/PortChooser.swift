import Glibc

/// Picks free TCP ports on the loopback address, all below 32,768, where the kernel's own choices begin.
struct PortChooser {
    private static let tries = 400
    private static let portMax: UInt16 = 32_767
    private var taken: Set<UInt16>

    init(taken: Set<UInt16> = []) { self.taken = taken }

    /// Exactly `port`, or the complaint that it is in use.
    mutating func take(_ port: UInt16) throws -> UInt16 {
        guard !taken.contains(port), Self.isFree(port) else {
            throw Complaint("port \(port)", "is in use (another cluster? choose one with --port; 0 finds one)")
        }
        taken.insert(port)
        return port
    }

    /// `preferred` or the next free one above it.
    mutating func near(_ preferred: UInt16) throws -> UInt16 {
        var port = preferred
        for _ in 0..<Self.tries {
            if port > Self.portMax { port = 10_000 }
            if !taken.contains(port), Self.isFree(port) {
                taken.insert(port)
                return port
            }
            port += 1
        }
        throw Complaint("ports", "none is free near \(preferred)")
    }

    static func isFree(_ port: UInt16) -> Bool {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { return false }
        defer { close(descriptor) }
        var yes: Int32 = 1
        setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &yes, socklen_t(MemoryLayout<Int32>.size))
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        return withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
            }
        }
    }
}
