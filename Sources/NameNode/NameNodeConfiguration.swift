package import Core
internal import FoundationEssentials

/// Settings of a namenode; what a file leaves out has its default, but for the directory. Times in milliseconds, sizes in bytes.
package struct NameNodeConfiguration: Codable, Hashable, Sendable {
    /// Where edits log and shards lie.
    package var directory: String
    /// Where the edits log lies, whole in each: an edit is durable when all that work have synced it. Empty: `edits` in
    /// `directory`.
    package var editsDirectories: [String] = []
    /// The address that clients and datanodes dial.
    package var host = "127.0.0.1"
    package var port: UInt16 = 8020
    /// `/metrics` and `/health`.
    package var httpHost = "127.0.0.1"
    package var httpPort: UInt16 = 9870
    /// Threads that read and decode calls.
    package var eventLoopThreads = 2
    /// Shard files of a new namespace.
    package var shards = 4
    /// Memory for metadata that the shards hold as well.
    package var cacheBytes = 256 << 20
    /// Edits log kept for the event feed although every shard has it: at most so many bytes, at most so old (7 days).
    package var editsRetentionBytes = 8 << 30
    package var editsRetentionMs: Int64 = 7 * 24 * 3_600_000
    /// The same for what a cursor of the feed still needs (30 days).
    package var cursorRetentionBytes = 32 << 30
    package var cursorRetentionMs: Int64 = 30 * 24 * 3_600_000
    /// Free bytes of the disk below which nothing is kept for the feed's sake.
    package var editsReserveBytes: UInt64 = 1 << 30
    /// Edits that the shards may be behind the log: memory, and work for a start after a crash.
    package var shardLagMax = 100_000
    /// Bytes of these edits: files that are kept here make them large.
    package var shardLagBytesMax = 256 << 20
    /// Empty: the user who starts the process.
    package var superuser = ""
    package var supergroup = "supergroup"
    /// Users whose groups are fixed, instead of asking the host's accounts.
    package var groups: [String: [String]] = [:]
    package var replication = 3
    package var blockBytes: UInt64 = Limits.blockBytesDefault
    package var blockBytesMin: UInt64 = Limits.blockBytesMin
    /// Files up to so many bytes, from clients that speak hfs's own protocol, are kept here and not on datanodes; 0: none.
    /// nil: as many as there may be, where that is no fewer disks than datanodes would use, or two; else none.
    package var inlineBytesMax: Int?
    /// 0: reads never move access times.
    package var accessTimePrecisionMs: Int64 = 3_600_000
    package var leaseSoftLimitMs: Int64 = Limits.leaseSoftLimitMs
    package var leaseHardLimitMs: Int64 = Limits.leaseHardLimitMs
    /// How long running calls may take after SIGTERM.
    package var drainMs: Int64 = 5000
    /// Whose home directory is made under `/user` at the first start, with `/tmp`; empty: neither.
    package var homeOf = ""
    package var blocks = BlockConfiguration()

    package init(directory: String) { self.directory = directory }

    package init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        // No default: a namenode formats a directory that holds no namespace, which none may do by mistake.
        self.init(directory: try values.decode(String.self, forKey: .directory))
        guard !directory.isEmpty else {
            throw DecodingError.dataCorruptedError(
                forKey: .directory, in: values, debugDescription: "the namenode's directory has no name")
        }
        func take<T: Decodable>(_ key: CodingKeys, _ field: inout T) throws {
            if let value = try values.decodeIfPresent(T.self, forKey: key) { field = value }
        }
        try take(.editsDirectories, &editsDirectories)
        try take(.host, &host)
        try take(.port, &port)
        try take(.httpHost, &httpHost)
        try take(.httpPort, &httpPort)
        try take(.eventLoopThreads, &eventLoopThreads)
        try take(.shards, &shards)
        try take(.cacheBytes, &cacheBytes)
        try take(.editsRetentionBytes, &editsRetentionBytes)
        try take(.editsRetentionMs, &editsRetentionMs)
        try take(.cursorRetentionBytes, &cursorRetentionBytes)
        try take(.cursorRetentionMs, &cursorRetentionMs)
        try take(.editsReserveBytes, &editsReserveBytes)
        try take(.shardLagMax, &shardLagMax)
        try take(.shardLagBytesMax, &shardLagBytesMax)
        try take(.superuser, &superuser)
        try take(.supergroup, &supergroup)
        try take(.groups, &groups)
        try take(.replication, &replication)
        try take(.blockBytes, &blockBytes)
        try take(.blockBytesMin, &blockBytesMin)
        inlineBytesMax = try values.decodeIfPresent(Int.self, forKey: .inlineBytesMax)
        if let inlineBytesMax, !(0...Limits.inlineBytesMax ~= inlineBytesMax) {
            throw DecodingError.dataCorruptedError(
                forKey: .inlineBytesMax, in: values,
                debugDescription: "inlineBytesMax is 0 to \(Limits.inlineBytesMax), not \(inlineBytesMax)")
        }
        try take(.accessTimePrecisionMs, &accessTimePrecisionMs)
        try take(.leaseSoftLimitMs, &leaseSoftLimitMs)
        try take(.leaseHardLimitMs, &leaseHardLimitMs)
        try take(.drainMs, &drainMs)
        try take(.homeOf, &homeOf)
        try take(.blocks, &blocks)
    }

    /// Reads a JSON file. Errors: `.invalidArgument` with the file and what is wrong in it.
    package static func load(_ file: String) throws(HFSError) -> NameNodeConfiguration {
        do {
            let bytes = try Data(contentsOf: URL(filePath: file))
            return try JSONDecoder().decode(NameNodeConfiguration.self, from: bytes)
        } catch {
            throw HFSError(
                .invalidArgument, "Cannot read the namenode's configuration", subject: file, cause: "\(error)")
        }
    }

    var effectiveSuperuser: String { superuser.isEmpty ? HostAccounts.currentUser() : superuser }

    /// What clients are told: a file for which the default replication asks several disks does not silently get one.
    private var effectiveInlineBytesMax: Int {
        if let inlineBytesMax { return inlineBytesMax }
        return replication <= 1 || Set(editsDirectories).count > 1 ? Limits.inlineBytesMax : 0
    }

    func rules(poolID: String) -> NamespaceRules {
        NamespaceRules(
            superuser: effectiveSuperuser, supergroup: supergroup, blockBytesDefault: blockBytes,
            blockBytesMin: blockBytesMin, replicationDefault: replication, inlineBytesMax: effectiveInlineBytesMax,
            accessTimePrecisionMs: accessTimePrecisionMs, poolID: poolID)
    }
}
