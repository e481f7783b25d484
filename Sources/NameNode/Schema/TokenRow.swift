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
    /// The run that it acts for, with the run's parent; nil for a plain token.
    var run: RunID?
    var parent: RunID?

    init(
        owner: String, renewer: String, issuedMs: Int64, lifetimeMs: Int64 = Limits.tokenLifetimeMs,
        run: RunID? = nil, parent: RunID? = nil
    ) {
        self.owner = owner
        self.renewer = renewer
        self.issuedMs = issuedMs
        maxMs = issuedMs + Limits.tokenLifetimeMsMax
        self.lifetimeMs = min(lifetimeMs, Limits.tokenLifetimeMsMax)
        expiresMs = issuedMs + self.lifetimeMs
        self.run = run
        self.parent = parent
    }

    init(decoding image: UnsafeRawBufferPointer) throws(HFSError) {
        var reader = try RowReader(image, table: "token", newest: 1)
        owner = try reader.string()
        renewer = try reader.string()
        issuedMs = try reader.signed()
        maxMs = try reader.signed()
        lifetimeMs = try reader.signed()
        expiresMs = try reader.signed()
        let run = try reader.unsigned()
        let parent = try reader.unsigned()
        self.run = run == 0 ? nil : RunID(run)
        self.parent = parent == 0 ? nil : RunID(parent)
    }

    var image: [UInt8] {
        var writer = RowWriter(version: 1)
        writer.string(owner)
        writer.string(renewer)
        writer.signed(issuedMs)
        writer.signed(maxMs)
        writer.signed(lifetimeMs)
        writer.signed(expiresMs)
        writer.unsigned(run?.rawValue ?? 0)
        writer.unsigned(parent?.rawValue ?? 0)
        return writer.bytes
    }
}
