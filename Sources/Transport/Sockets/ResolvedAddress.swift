import Core
import Glibc

/// A resolved address, ready for connect and bind.
struct ResolvedAddress: Sendable {
    let family: Int32
    let bytes: [UInt8]

    /// All addresses of a host, in the resolver's order. Blocks in the resolver when the host is not a number.
    /// - Throws: `.connectionFailed` when the host has no address.
    static func resolve(host: String, port: UInt16, forListening: Bool) throws(HFSError) -> [ResolvedAddress] {
        var hints = addrinfo()
        hints.ai_family = AF_UNSPEC
        hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        hints.ai_flags = forListening ? AI_PASSIVE : 0
        var list: UnsafeMutablePointer<addrinfo>?
        let code = getaddrinfo(host, String(port), &hints, &list)
        guard code == 0, let first = list else {
            throw HFSError(.connectionFailed, "Unknown host \(host)", cause: String(cString: gai_strerror(code)))
        }
        defer { freeaddrinfo(first) }
        var addresses: [ResolvedAddress] = []
        var next: UnsafeMutablePointer<addrinfo>? = first
        while let entry = next {
            if let address = entry.pointee.ai_addr {
                let raw = UnsafeRawBufferPointer(start: address, count: Int(entry.pointee.ai_addrlen))
                addresses.append(ResolvedAddress(family: entry.pointee.ai_family, bytes: Array(raw)))
            }
            next = entry.pointee.ai_next
        }
        return addresses
    }

    func withPointer<R>(_ body: (UnsafePointer<sockaddr>, socklen_t) -> R) -> R {
        var storage = sockaddr_storage()
        return withUnsafeMutableBytes(of: &storage) { raw in
            raw.copyBytes(from: bytes.prefix(raw.count))
            return withExtendedLifetime(raw) {
                guard let base = raw.baseAddress else { preconditionFailure("sockaddr_storage is not empty") }
                return body(base.assumingMemoryBound(to: sockaddr.self), socklen_t(min(bytes.count, raw.count)))
            }
        }
    }

    /// Numeric host and port of a socket's own or peer's address.
    static func describe(
        _ call: (UnsafeMutablePointer<sockaddr>, UnsafeMutablePointer<socklen_t>) -> Int32
    ) -> (host: String, port: UInt16)? {
        var storage = sockaddr_storage()
        var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
        return withUnsafeMutablePointer(to: &storage) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address -> (host: String, port: UInt16)? in
                guard call(address, &length) == 0 else { return nil }
                return withUnsafeTemporaryAllocation(of: CChar.self, capacity: 128) { host in
                    withUnsafeTemporaryAllocation(of: CChar.self, capacity: 16) { service in
                        let code = getnameinfo(
                            address, length, host.baseAddress, socklen_t(host.count), service.baseAddress,
                            socklen_t(service.count), NI_NUMERICHOST | NI_NUMERICSERV)
                        guard code == 0, let hostBase = host.baseAddress, let serviceBase = service.baseAddress else {
                            return nil
                        }
                        return (String(cString: hostBase), UInt16(String(cString: serviceBase)) ?? 0)
                    }
                }
            }
        }
    }
}
