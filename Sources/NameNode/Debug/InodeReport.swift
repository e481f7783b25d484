internal import Core
internal import MetaStore

/// What the shards hold of an inode. Times in milliseconds since 1970.
package struct InodeReport: Codable, Hashable, Sendable {
    package var inode: UInt64
    /// nil: it lies in an unlinked subtree.
    package var path: String?
    /// The virtual shard it was born in.
    package var shard: UInt8
    package var kind: String?
    package var owner: String?
    package var group: String?
    /// Octal.
    package var mode: String?
    package var modifiedMs: Int64?
    package var accessedMs: Int64?
    package var lengthBytes: UInt64?
    package var replication: Int?
    package var blockBytes: UInt64?
    package var isOpen: Bool?
    package var namespaceQuota: Int64?
    package var spaceQuota: Int64?
    package var blocks: [UInt64] = []
    /// The first block's bytes are with the namenode.
    package var hasInlineBlock: Bool?
    package var attributes: [String] = []
    package var acl: [String] = []
    package var lease: String?
    /// `table@lsn`, with `damaged` when the row's checksum is wrong.
    package var rows: [String] = []

    init(inode: UInt64, path: String?, shard: UInt8) {
        self.inode = inode
        self.path = path
        self.shard = shard
    }

    mutating func add(_ table: Table, _ lsn: LSN, _ isIntact: Bool) {
        rows.append("\(table)@\(lsn)\(isIntact ? "" : " damaged")")
    }

    mutating func file(_ file: FileAttributes) {
        kind = "file"
        hasInlineBlock = file.hasInlineBlock
        owner = file.owner
        group = file.group
        mode = String(file.mode.bits, radix: 8)
        modifiedMs = file.modifiedMs
        accessedMs = file.accessedMs
        lengthBytes = file.length
        replication = Int(file.replication)
        blockBytes = file.blockSize
        isOpen = file.isUnderConstruction
    }

    mutating func directory(_ row: DirectoryRow) {
        kind = "directory"
        owner = row.owner
        group = row.group
        mode = String(row.mode.bits, radix: 8)
        modifiedMs = row.modifiedMs
        accessedMs = row.accessedMs
        namespaceQuota = row.namespaceQuota
        spaceQuota = row.spaceQuota
    }

    /// One line a fact, for people.
    package var text: String {
        var lines = ["inode \(inode) (virtual shard \(shard))", "path \(path ?? "none: unlinked")"]
        func line(_ name: String, _ value: (some CustomStringConvertible)?) {
            if let value { lines.append("\(name) \(value)") }
        }
        line("kind", kind)
        line("owner", owner)
        line("group", group)
        line("mode", mode)
        line("modifiedMs", modifiedMs)
        line("accessedMs", accessedMs)
        line("lengthBytes", lengthBytes)
        line("replication", replication)
        line("blockBytes", blockBytes)
        line("isOpen", isOpen)
        line("namespaceQuota", namespaceQuota)
        line("spaceQuota", spaceQuota)
        line("lease", lease)
        lines += blocks.enumerated().map {
            "block \($0.offset) blk_\($0.element)\($0.offset == 0 && hasInlineBlock == true ? " inline" : "")"
        }
        lines += attributes.map { "attribute \($0)" }
        lines += acl.map { "acl \($0)" }
        lines += rows.map { "row \($0)" }
        return lines.joined(separator: "\n")
    }
}
