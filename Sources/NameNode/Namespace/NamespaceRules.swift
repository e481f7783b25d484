import Core

/// Settings that decide what operations accept.
struct NamespaceRules: Hashable, Sendable {
    var superuser: String
    var supergroup: String = "supergroup"
    var blockBytesDefault: UInt64 = Limits.blockBytesDefault
    var blockBytesMin: UInt64 = Limits.blockBytesMin
    var replicationDefault: Int = 3
    var replicationMax: Int = Limits.replicationMax
    var fileBlocksMax: Int = Limits.fileBlocksMax
    /// Bytes of a file that is kept in the metadata; 0: none is.
    var inlineBytesMax: Int = Limits.inlineBytesMax
    /// A read moves a file's access time only when it is older than this; 0 never (`dfs.namenode.accesstime.precision`).
    var accessTimePrecisionMs: Int64 = 3_600_000
    var poolID: String = ""
}
