import Core
import MetaStore

/// The keys of the namenode's rows.
///
/// Leases and reclaim entries have the virtual shard as id and the inode below it, so that 256 scans find all of them and
/// each lies in its inode's own shard.
enum Keys {
    static func dentry(_ parent: InodeID, _ name: FileName) -> RowKey { RowKey(.dentry, parent.rawValue, name.utf8) }
    static func locator(_ inode: InodeID) -> RowKey { RowKey(.locator, inode.rawValue) }
    static func directory(_ inode: InodeID) -> RowKey { RowKey(.directory, inode.rawValue) }
    static func counter(_ inode: InodeID) -> RowKey { RowKey(.counter, inode.rawValue) }
    static func block(_ block: BlockID) -> RowKey { RowKey(.block, block.rawValue) }
    static func inline(_ block: BlockID) -> RowKey { RowKey(.inline, block.rawValue) }
    static func acl(_ inode: InodeID) -> RowKey { RowKey(.acl, inode.rawValue) }

    static func fileBlock(_ inode: InodeID, _ index: UInt32) -> RowKey {
        RowKey(.fileBlock, inode.rawValue, bigEndian(UInt64(index), bytes: 4))
    }

    static func xattr(_ inode: InodeID, _ namespace: ExtendedAttribute.Namespace, _ name: String) -> RowKey {
        RowKey(.xattr, inode.rawValue, [namespace.rawValue] + Array(name.utf8))
    }

    static func lease(_ inode: InodeID) -> RowKey {
        RowKey(.lease, UInt64(inode.shard.rawValue), bigEndian(inode.rawValue, bytes: 8))
    }

    static func reclaim(_ inode: InodeID) -> RowKey {
        RowKey(.reclaim, UInt64(inode.shard.rawValue), bigEndian(inode.rawValue, bytes: 8))
    }

    /// Newest first: scans go upwards only.
    static func run(_ run: RunID) -> RowKey { RowKey(.run, 0, bigEndian(bits(of: run), bytes: 8)) }

    /// The `sub` of a run's key as a number: the newest run comes first.
    static func bits(of run: RunID) -> UInt64 { ~run.rawValue }

    static func token(_ number: UInt32) -> RowKey { RowKey(.token, 0, bigEndian(UInt64(number), bytes: 4)) }

    static func cursor(_ name: String) -> RowKey { RowKey(.cursor, 0, Array(name.utf8)) }

    static func system(_ key: String) -> RowKey { RowKey(.system, 0, Array(key.utf8)) }

    /// The run in the `sub` of its key.
    static func run(sub: [UInt8]) -> RunID { RunID(~sub.reduce(0) { $0 << 8 | UInt64($1) }) }

    /// The number in the `sub` of a token's key.
    static func token(sub: [UInt8]) -> UInt32 { index(sub: sub) }

    /// The inode in the `sub` of a lease or reclaim key.
    static func inode(sub: [UInt8]) -> InodeID { InodeID(sub.reduce(0) { $0 << 8 | UInt64($1) }) }

    /// The position in the `sub` of a file block key.
    static func index(sub: [UInt8]) -> UInt32 { sub.reduce(0) { $0 << 8 | UInt32($1) } }

    static func bigEndian(_ value: UInt64, bytes: Int) -> [UInt8] {
        var out = [UInt8](repeating: 0, count: bytes)
        for i in 0..<bytes { out[i] = UInt8(truncatingIfNeeded: value >> UInt64(8 * (bytes - 1 - i))) }
        return out
    }
}
