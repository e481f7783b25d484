import Core

/// Where the namenodes of a filesystem listen, from a URI such as `hdfs://a:8020,b:8020`.
struct NamenodeAddress: Hashable, Sendable {
    static let defaultPort: UInt16 = 8020

    var host: String
    var port: UInt16

    /// The addresses in `uri`, at least one. The scheme may be left out; a path behind the addresses is ignored.
    ///
    /// Throws `.invalidArgument`, naming what is wrong.
    static func parse(_ uri: String) throws(HFSError) -> [NamenodeAddress] {
        var rest = Substring(uri)
        if let scheme = uri.range(of: "://") {
            guard uri[..<scheme.lowerBound].lowercased() == "hdfs" else {
                throw HFSError(.invalidArgument, "Not an hdfs:// address: \(uri)")
            }
            rest = uri[scheme.upperBound...]
        }
        let authority = rest.prefix { $0 != "/" }
        var addresses: [NamenodeAddress] = []
        for part in authority.split(separator: ",", omittingEmptySubsequences: false) {
            addresses.append(try one(part, uri))
        }
        return addresses
    }

    private static func one(_ text: Substring, _ uri: String) throws(HFSError) -> NamenodeAddress {
        var host = text
        var port = defaultPort
        // The colon of a port comes behind the bracket of an IPv6 address.
        if let colon = text.lastIndex(of: ":"), !text[colon...].contains("]") {
            guard let number = UInt16(text[text.index(after: colon)...]), number > 0 else {
                throw HFSError(.invalidArgument, "Bad port in \(uri)")
            }
            port = number
            host = text[..<colon]
        }
        if host.hasPrefix("["), host.hasSuffix("]") { host = host.dropFirst().dropLast() }
        guard !host.isEmpty, !host.contains(where: { $0 == "@" || $0.isWhitespace }) else {
            throw HFSError(.invalidArgument, "No host in \(uri)")
        }
        return NamenodeAddress(host: String(host), port: port)
    }
}

extension String {
    /// The first place where `text` stands.
    fileprivate func range(of text: String) -> Range<String.Index>? {
        var start = startIndex
        while start < endIndex {
            if self[start...].hasPrefix(text) { return start..<index(start, offsetBy: text.count) }
            start = index(after: start)
        }
        return nil
    }
}
