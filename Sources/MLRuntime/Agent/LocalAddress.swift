import Glibc

/// The address by which other hosts reach this one.
public enum LocalAddress {
    /// That of the way to the namenode of `uri`: who can be reached from there can reach it. The host's name where that cannot be
    /// found out.
    public static func towards(_ uri: String) -> String {
        let authority = uri.split(separator: "/").dropFirst().first.map(String.init) ?? ""
        let first = authority.split(separator: ",").first.map(String.init) ?? ""
        let host = first.split(separator: ":").first.map(String.init) ?? ""
        return local(towards: host) ?? ProcessIdentity.current.host
    }

    /// Connecting a datagram socket sends nothing and shows the way.
    private static func local(towards host: String) -> String? {
        var hints = addrinfo()
        hints.ai_family = AF_INET
        hints.ai_socktype = Int32(SOCK_DGRAM.rawValue)
        var found: UnsafeMutablePointer<addrinfo>?
        guard getaddrinfo(host, "8020", &hints, &found) == 0, let address = found else { return nil }
        defer { freeaddrinfo(found) }
        let descriptor = socket(AF_INET, Int32(SOCK_DGRAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        guard connect(descriptor, address.pointee.ai_addr, address.pointee.ai_addrlen) == 0 else { return nil }
        var own = sockaddr_in()
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let isKnown = withUnsafeMutablePointer(to: &own) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { getsockname(descriptor, $0, &length) == 0 }
        }
        var text = [CChar](repeating: 0, count: Int(INET_ADDRSTRLEN))
        guard isKnown, inet_ntop(AF_INET, &own.sin_addr, &text, socklen_t(text.count)) != nil else { return nil }
        return String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}
