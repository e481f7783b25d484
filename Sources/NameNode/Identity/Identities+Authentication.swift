import Core
import Transport
import WireProtocol

/// Who may connect. A user name may end in `@@run-123`: then the connection acts in the name of that run.
extension Identities: RPCAuthenticator {
    private static let separator = "@@"

    func identity(simpleUser name: String) throws(HFSError) -> RPCIdentity {
        guard let mark = name.firstIndex(of: "@"), name[mark...].hasPrefix(Self.separator) else {
            return RPCIdentity(user: name)
        }
        let user = String(name[..<mark])
        let suffix = name[mark...].dropFirst(Self.separator.count)
        guard !user.isEmpty, let run = RunID(suffix), owner(of: run) == user else {
            throw HFSError(.accessDenied, "\(suffix), named behind the user, is no live run of \(user)")
        }
        return RPCIdentity(user: user, run: run)
    }

    func identity(
        tokenIdentifier bytes: [UInt8]
    ) throws(HFSError) -> (identity: RPCIdentity, password: [UInt8]) {
        let identifier = try Self.identifier(bytes)
        let name = Self.name(identifier)
        let (issuer, row) = known(identifier.number)
        guard let issuer, let row, issuer.identifier(row, number: identifier.number) == identifier else {
            throw HFSError(.invalidToken, "\(name) can't be found in cache")
        }
        let nowMs = clock.nowMs
        guard row.expiresMs > nowMs else {
            throw HFSError(
                .invalidToken, "\(name) is expired, current time: \(nowMs) expected renewal time: \(row.expiresMs)")
        }
        return (RPCIdentity(user: row.owner, token: identifier.number, run: row.run), issuer.password(bytes))
    }
}
