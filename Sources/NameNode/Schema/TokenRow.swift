import Core

/// `token`: a delegation token that holds. Its password is not kept: it follows from the master key.
struct TokenRow: Hashable, Sendable, StoredRow {
    var owner: String
    /// Who may renew it besides its owner.
    var renewer: String
    var issuedMs: Int64
    /// The end of its life, however often it is renewed.
    var maxMs: Int64
    /// For how long the issue and each renewal have it hold.
    var lifetimeMs: Int64
    /// Until when it holds unless it is renewed.
    var expiresMs: Int64
    /// The run that it acts for; nil for a plain token.
    var run: RunID?
    /// The runs that the run is nested in, innermost first: they may have ended.
    var ancestors: [RunID]
    /// The master key from which its password follows.
    var keyID: UInt32

    init(
        owner: String, renewer: String, issuedMs: Int64, keyID: UInt32, lifetimeMs: Int64 = Limits.tokenLifetimeMs,
        run: RunID? = nil, ancestors: [RunID] = []
    ) {
        self.owner = owner
        self.renewer = renewer
        self.issuedMs = issuedMs
        maxMs = issuedMs + Limits.tokenLifetimeMsMax
        self.lifetimeMs = min(lifetimeMs, Limits.tokenLifetimeMsMax)
        expiresMs = issuedMs + self.lifetimeMs
        self.run = run
        self.ancestors = ancestors
        self.keyID = keyID
    }

    init(decoding image: UnsafeRawBufferPointer) throws(HFSError) {
        var reader = try RowReader(image, table: "token", newest: 2)
        owner = try reader.string()
        renewer = try reader.string()
        issuedMs = try reader.signed()
        maxMs = try reader.signed()
        lifetimeMs = try reader.signed()
        expiresMs = try reader.signed()
        let run = try reader.unsigned()
        let parent = try reader.unsigned()
        self.run = run == 0 ? nil : RunID(run)
        ancestors = parent == 0 ? [] : [RunID(parent)]
        // Version 1 ends here: there was one key.
        keyID = 1
        guard !reader.isAtEnd else { return }
        keyID = UInt32(truncatingIfNeeded: try reader.unsigned())
        while !reader.isAtEnd { ancestors.append(RunID(try reader.unsigned())) }
    }

    var image: [UInt8] {
        var writer = RowWriter(version: 2)
        writer.string(owner)
        writer.string(renewer)
        writer.signed(issuedMs)
        writer.signed(maxMs)
        writer.signed(lifetimeMs)
        writer.signed(expiresMs)
        writer.unsigned(run?.rawValue ?? 0)
        writer.unsigned(ancestors.first?.rawValue ?? 0)
        writer.unsigned(UInt64(keyID))
        for run in ancestors.dropFirst() { writer.unsigned(run.rawValue) }
        return writer.bytes
    }
}
