import Core

/// The master keys of tokens, a value, as HDFS keeps them (`AbstractDelegationTokenSecretManager`): the newest makes tokens, a new
/// one comes every day, and old ones stay until nothing made with them can hold any more.
struct TokenKeys: Hashable, Sendable {
    struct Key: Hashable, Sendable {
        var issuer: TokenIssuer
        var madeMs: Int64
    }

    /// By age, never empty.
    private(set) var keys: [Key]

    /// What makes tokens now.
    var current: TokenIssuer { keys[keys.count - 1].issuer }

    /// - Parameter keys: by age. Errors: `.corruptMetadata` when there is none.
    init(_ keys: [Key]) throws(HFSError) {
        guard !keys.isEmpty else { throw HFSError(.corruptMetadata, "There is no master key for tokens") }
        self.keys = keys
    }

    /// The first key of a namespace.
    init(secret: [UInt8], nowMs: Int64) { keys = [Key(issuer: TokenIssuer(keyID: 1, key: secret), madeMs: nowMs)] }

    /// The key with which a token says that it was made; nil when it is not kept any more.
    func issuer(keyID: UInt32) -> TokenIssuer? { keys.first { $0.issuer.keyID == keyID }?.issuer }

    /// Whether it is time for the next key.
    func isDue(nowMs: Int64) -> Bool { keys[keys.count - 1].madeMs + Limits.tokenKeyIntervalMs <= nowMs }

    /// With one more key, and without those that were followed by another longer ago than any token lives. A day more, because
    /// an operation may be planned with the key that was the newest when it was submitted.
    func rolled(secret: [UInt8], nowMs: Int64) -> TokenKeys {
        var next = self
        next.keys.append(Key(issuer: TokenIssuer(keyID: current.keyID + 1, key: secret), madeMs: nowMs))
        let keptMs = Limits.tokenLifetimeMsMax + Limits.tokenKeyIntervalMs
        while next.keys[1].madeMs + keptMs <= nowMs, next.keys.count > 2 { next.keys.removeFirst() }
        return next
    }
}
