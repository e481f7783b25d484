import Core
import MetaStore

/// What a query must know of directories that came into a scope with their attributes indexed elsewhere: a rename of a whole
/// subtree is one row here, whatever the size. Queries follow notes and check where each result lies now.
///
/// The directory that moved keeps a list of the notes about it (`system.hfs.scopes`), so that they go with it.
enum ScopeNotes {
    static let attribute = ExtendedAttribute(namespace: .system, name: "hfs.scopes", value: [])

    /// A note: who looks up `scope` for something below the root looks up `source` too.
    struct Note: Hashable {
        var scope: InodeID
        var source: InodeID
    }

    static func key(_ root: InodeID) -> RowKey { Keys.xattr(root, attribute.namespace, attribute.name) }

    /// Writes the notes about `root` that are not there yet; true when there were any. The caller marks the root's row.
    /// `isNew`: the root is made by `mutation` itself.
    static func add(
        _ notes: [Note], root: InodeID, isNew: Bool = false, _ view: any MetadataView, _ mutation: inout Mutation
    ) throws(PlanInterrupt) -> Bool {
        guard notes.contains(where: { $0.scope != $0.source }) else { return false }
        var list: [Note] = []
        if !isNew, let row = try view.xattr(root, attribute.namespace, attribute.name) { list = decode(row.value) }
        let count = list.count
        for note in notes where note.scope != note.source && !list.contains(note) {
            list.append(note)
            mutation.put(AttributeKey.note(note.scope, source: note.source, root: root), AttributeKey.image)
        }
        if list.count > count { mutation.put(key(root), XAttrRow(encode(list)).image) }
        return list.count > count
    }

    /// The notes to write when `root`, whose content the index of `outer` has so far, becomes a scope.
    static func ofNewScope(_ root: InodeID, in outer: InodeID) -> [Note] {
        [Note(scope: outer, source: root), Note(scope: root, source: outer)]
    }

    /// Takes the notes about `root` away; `list` is its attribute's value.
    static func free(_ list: [UInt8], root: InodeID, _ mutation: inout Mutation) {
        for note in decode(list) { mutation.delete(AttributeKey.note(note.scope, source: note.source, root: root)) }
    }

    private static func encode(_ notes: [Note]) -> [UInt8] {
        notes.flatMap { Keys.bigEndian($0.scope.rawValue, bytes: 8) + Keys.bigEndian($0.source.rawValue, bytes: 8) }
    }

    static func decode(_ bytes: [UInt8]) -> [Note] {
        stride(from: 0, to: bytes.count / 16 * 16, by: 16).map { start in
            Note(
                scope: Keys.inode(sub: Array(bytes[start..<start + 8])),
                source: Keys.inode(sub: Array(bytes[start + 8..<start + 16])))
        }
    }
}
