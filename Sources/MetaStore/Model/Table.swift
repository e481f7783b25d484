/// The tables of a shard. The engine knows keys and bytes only; what an image holds is the namenode's business
/// (`NameNode/Schema`). Raw values are written to the edits log: never reuse one.
package enum Table: UInt8, CaseIterable, Sendable {
    /// `(parent inode, name)` -> inode id, kind and, for a file, its attributes. A listing is one range scan.
    case dentry = 1
    /// `inode` -> parent inode, name. Lies in the inode's own shard.
    case locator = 2
    /// `directory inode` -> its attributes.
    case directory = 3
    /// `directory inode` -> `Counter`; changed by deltas only.
    case counter = 4
    /// `block` -> inode, index, generation stamp, length. Lies in the block's own shard.
    case block = 5
    /// `(inode, 4-byte big-endian index)` -> block id.
    case fileBlock = 6
    /// `(inode, namespace byte + name)` -> value.
    case xattr = 7
    /// `inode` -> access and default entries.
    case acl = 8
    /// `(virtual shard, 8-byte big-endian inode)` of a file open for writing -> holder. By shard, so that 256 scans find all.
    case lease = 9
    /// `(virtual shard, 8-byte big-endian inode)` of an unlinked subtree's root, whose rows are still to be freed.
    case reclaim = 10
    /// `(0, key)` -> whatever the namenode keeps about itself.
    case system = 11
    /// `(0, 8-byte big-endian complement of the run id)` -> a run; the newest first.
    case run = 12
    /// `(0, 4-byte big-endian sequence number)` -> a delegation token.
    case token = 13
    /// `(0, name)` -> a durable cursor of the event feed.
    case cursor = 14
    /// `(scope directory inode, attribute name, value and inode)` -> nothing: the index of attributes; and notes on what was
    /// moved in from other scopes.
    case attribute = 15
    /// `block` -> the bytes of a small block that no datanode holds.
    case inline = 16
}
