public import Core
import Glibc
import WireProtocol

/// The delegation token that a process was started with, as every HDFS client finds it: the file that
/// `HADOOP_TOKEN_FILE_LOCATION` names.
public enum ProcessToken {
    public static let variable = "HADOOP_TOKEN_FILE_LOCATION"
    private static let fileBytesMax = 16 << 20

    /// The token for one of the namenodes of `uri`; nil when the environment names no file or the file holds none for them.
    /// Errors: `.io` when the file cannot be read, `.malformedRequest` when it is no token file.
    public static func find(for uri: String) throws(HFSError) -> DelegationToken? {
        guard let value = getenv(variable) else { return nil }
        let file = String(cString: value)
        guard !file.isEmpty else { return nil }
        let services = services(try NamenodeAddress.parse(uri))
        return try CredentialsFile.decode(read(file)).first { token in
            token.kind == DelegationToken.hdfsKind && (token.service.isEmpty || services.contains(token.service))
        }
    }

    /// A token file for several names of one namenode: clients look for the one that they were given.
    public static func file(_ token: DelegationToken, services: [String]) -> [UInt8] {
        CredentialsFile.encode(
            services.map { service in
                var named = token
                named.service = service
                return (service, named)
            })
    }

    /// The names under which clients look for a token of these namenodes: Java's by number, hdfs-native as in its URL.
    static func services(_ addresses: [NamenodeAddress]) -> [String] {
        let local = ["localhost", "127.0.0.1"]
        return addresses.flatMap { address in
            let others = local.contains(address.host) ? local.filter { $0 != address.host } : numbers(of: address.host)
            return ([address.host] + others).map { "\($0):\(address.port)" }
        }
    }

    /// A host's IPv4 addresses; none when it is one, or is unknown.
    private static func numbers(of host: String) -> [String] {
        var hints = addrinfo()
        hints.ai_family = AF_INET
        hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        var list: UnsafeMutablePointer<addrinfo>?
        guard getaddrinfo(host, nil, &hints, &list) == 0, let first = list else { return [] }
        defer { freeaddrinfo(first) }
        var found: [String] = []
        for entry in sequence(first: first, next: { $0.pointee.ai_next }) {
            var text = [CChar](repeating: 0, count: 64)
            guard
                getnameinfo(
                    entry.pointee.ai_addr, entry.pointee.ai_addrlen, &text, socklen_t(text.count), nil, 0,
                    NI_NUMERICHOST) == 0
            else { continue }
            let number = String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
            if number != host, !found.contains(number) { found.append(number) }
        }
        return found
    }

    private static func read(_ path: String) throws(HFSError) -> [UInt8] {
        guard let file = fopen(path, "rb") else {
            throw HFSError(.io, "Cannot read the token file of \(variable)", subject: path, cause: reason())
        }
        defer { fclose(file) }
        var bytes: [UInt8] = []
        var part = [UInt8](repeating: 0, count: 4096)
        while true {
            let count = fread(&part, 1, part.count, file)
            bytes += part.prefix(count)
            guard count == part.count, bytes.count <= fileBytesMax else { break }
        }
        guard ferror(file) == 0 else {
            throw HFSError(.io, "Cannot read the token file of \(variable)", subject: path, cause: reason())
        }
        return bytes
    }

    private static func reason() -> String { String(cString: strerror(errno)) }
}

extension DelegationToken {
    /// The user whom it makes its holder; nil for a token that is not HDFS's.
    public var owner: String? { try? DelegationTokenIdentifier(bytes: identifier).owner }
}
