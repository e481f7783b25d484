import Core
import Synchronization
import Transport
import WireProtocol

/// The tokens that hold and the runs that live, in memory: who is behind a connection, and in the name of which run.
///
/// Follows the namespace: loaded at the start, then told of each token that is issued, renewed or removed. Thread-safe.
final class Identities: Sendable {
    private struct State {
        /// nil before the start is over.
        var keys: TokenKeys?
        var tokens: [UInt32: TokenRow] = [:]
        /// The token of each live run.
        var runs: [RunID: UInt32] = [:]
        /// No token expires before this.
        var earliestExpiryMs = Int64.max

        func row(of run: RunID) -> TokenRow? { runs[run].flatMap { tokens[$0] } }
    }

    let clock: any HFSClock
    private let state = Mutex(State())

    init(clock: any HFSClock) { self.clock = clock }

    // MARK: Following the namespace

    func load(_ keys: TokenKeys, _ tokens: [(number: UInt32, row: TokenRow)]) {
        setKeys(keys)
        for (number, row) in tokens { issued(number, row) }
    }

    func setKeys(_ keys: TokenKeys) { state.withLock { $0.keys = keys } }

    func issued(_ number: UInt32, _ row: TokenRow) {
        state.withLock { state in
            state.tokens[number] = row
            if let run = row.run { state.runs[run] = number }
            state.earliestExpiryMs = min(state.earliestExpiryMs, row.expiresMs)
        }
    }

    /// The run that ends with the token.
    @discardableResult
    func removed(_ number: UInt32) -> RunID? {
        state.withLock { state in
            guard let row = state.tokens.removeValue(forKey: number), let run = row.run else { return nil }
            state.runs[run] = nil
            return run
        }
    }

    /// Tokens whose time is over, in order.
    func expired(nowMs: Int64) -> [(number: UInt32, run: RunID?)] {
        state.withLock { state in
            guard state.earliestExpiryMs <= nowMs else { return [] }
            // Expired ones count until they are removed: a removal that was refused is tried again.
            state.earliestExpiryMs = state.tokens.values.lazy.map(\.expiresMs).min() ?? .max
            return state.tokens.filter { $0.value.expiresMs <= nowMs }.map { ($0.key, $0.value.run) }.sorted {
                $0.0 < $1.0
            }
        }
    }

    // MARK: Questions

    /// What makes tokens. Errors: `.retriable` before the start is over, or when there are too many tokens.
    func issuer() throws(HFSError) -> TokenIssuer {
        let (issuer, count) = state.withLock { ($0.keys?.current, $0.tokens.count) }
        guard let issuer else { throw HFSError(.retriable, "The namenode is starting") }
        guard count < Limits.tokensMax else {
            throw HFSError(.retriable, "\(count) delegation tokens are in use; end runs or wait until some expire")
        }
        return issuer
    }

    /// What makes tokens now; nil before the start is over.
    var currentIssuer: TokenIssuer? { state.withLock { $0.keys?.current } }

    /// What made the tokens of that key; nil when it is not kept any more.
    func issuer(keyID: UInt32) -> TokenIssuer? { state.withLock { $0.keys?.issuer(keyID: keyID) } }

    /// Whether it is time for a new master key.
    func areKeysDue(nowMs: Int64) -> Bool { state.withLock { $0.keys?.isDue(nowMs: nowMs) ?? false } }

    func isLive(_ run: RunID) -> Bool { state.withLock { $0.runs[run] != nil } }

    /// The owner of a live run; nil for any other.
    func owner(of run: RunID) -> String? { state.withLock { $0.row(of: run)?.owner } }

    /// True when `run` lives and is `ancestor` or nested in it, however deep. A run lives until its own end: those between may
    /// have ended.
    func isLive(_ run: RunID, within ancestor: RunID) -> Bool {
        state.withLock { state in
            guard let row = state.row(of: run) else { return false }
            return run == ancestor || row.ancestors.contains(ancestor)
        }
    }

    /// Whether any run lives.
    var hasRuns: Bool { state.withLock { !$0.runs.isEmpty } }

    func known(_ number: UInt32) -> (issuer: TokenIssuer?, row: TokenRow?) {
        state.withLock { state in
            let row = state.tokens[number]
            return (row.flatMap { state.keys?.issuer(keyID: $0.keyID) }, row)
        }
    }

    func run(ofToken number: UInt32) -> RunID? { state.withLock { $0.tokens[number]?.run } }

    /// The number of a token that a client sent back whole. Errors: `.invalidToken`.
    func number(of token: DelegationToken) throws(HFSError) -> UInt32 {
        let identifier = try Self.identifier(token.identifier)
        let password = issuer(keyID: identifier.keyID)?.password(token.identifier)
        guard let password, ConstantTime.isEqual(password, token.password) else {
            throw HFSError(.invalidToken, "\(Self.name(identifier)) is forged")
        }
        return identifier.number
    }

    /// The run in whose name a call is made: of the connection's token, or the one that the caller context claims.
    ///
    /// A claim counts for a live run within the token's, or, without a run from the token, for a live one of the same user.
    /// Errors: `.invalidToken` when the token's run has ended, `.accessDenied` for any other claim.
    func run(of peer: RPCPeer, context: String) throws(HFSError) -> RunID? {
        if peer.run == nil, context.isEmpty { return nil }
        if let run = peer.run, !isLive(run) {
            throw HFSError(.invalidToken, "\(run) of \(peer.user) has ended: its token holds no longer")
        }
        guard let claim = RunClaim.text(in: context) else { return peer.run }
        guard let run = RunID(claim) else {
            throw HFSError(.accessDenied, "The caller context names '\(claim)', which is no run")
        }
        if let outer = peer.run {
            guard isLive(run, within: outer) else {
                throw HFSError(.accessDenied, "\(run), named by the caller context, is no live run within \(outer)")
            }
        } else {
            guard owner(of: run) == peer.user else {
                throw HFSError(.accessDenied, "\(run), named by the caller context, is no live run of \(peer.user)")
            }
        }
        return run
    }

    static func identifier(_ bytes: [UInt8]) throws(HFSError) -> DelegationTokenIdentifier {
        do throws(HFSError) {
            return try DelegationTokenIdentifier(bytes: bytes)
        } catch {
            throw HFSError(.invalidToken, "Can't de-serialize tokenIdentifier", cause: error.message)
        }
    }

    /// How HDFS names a token in messages.
    static func name(_ identifier: DelegationTokenIdentifier) -> String {
        "token (HDFS_DELEGATION_TOKEN token \(identifier.number) for \(identifier.owner))"
    }
}
