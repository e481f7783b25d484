import Core
import MetaStore

/// Keys of the attribute index.
///
/// Two kinds lie under a scope: notes (`00`, source scope, moved root) before values (`01`, name, `00`, value, inode). Ids are
/// eight big-endian bytes.
enum AttributeKey {
    private static let noteKind: UInt8 = 0
    private static let valueKind: UInt8 = 1
    private static let idBytes = 8

    /// The image of all these rows: the key says everything.
    static let image: [UInt8] = [1]

    /// Where the values of an attribute begin: every one of them has this prefix.
    static func prefix(_ name: String) -> [UInt8] { [valueKind] + Array(name.utf8) + [0] }

    static func value(_ scope: InodeID, _ name: String, _ value: [UInt8], _ inode: InodeID) -> RowKey {
        let sub = prefix(name) + AttributeValue(value).encoded + Keys.bigEndian(inode.rawValue, bytes: idBytes)
        return RowKey(.attribute, scope.rawValue, sub)
    }

    /// What a value's key tells behind its attribute's prefix: the encoded value, and whose it is.
    static func parse(_ sub: [UInt8], prefixCount: Int) -> (value: ArraySlice<UInt8>, inode: InodeID) {
        let end = max(prefixCount, sub.count - idBytes)
        return (sub[prefixCount..<end], id(sub[end...]))
    }

    /// Says that the index of `scope` has to be read together with that of `source`, for what lies below `root`.
    static func note(_ scope: InodeID, source: InodeID, root: InodeID) -> RowKey {
        RowKey(
            .attribute, scope.rawValue,
            [noteKind] + Keys.bigEndian(source.rawValue, bytes: idBytes) + Keys.bigEndian(root.rawValue, bytes: idBytes)
        )
    }

    /// The note of a key; nil for a value's.
    static func note(_ sub: [UInt8]) -> (source: InodeID, root: InodeID)? {
        guard sub.count == 1 + 2 * idBytes, sub.first == noteKind else { return nil }
        return (id(sub[1...idBytes]), id(sub[(1 + idBytes)...]))
    }

    private static func id(_ bytes: ArraySlice<UInt8>) -> InodeID { InodeID(bytes.reduce(0) { $0 << 8 | UInt64($1) }) }
}
