import Core
import MetaStore

/// Looks at candidates as they are now: that they lie below the path, that the caller may get there and read them, and that
/// they meet the condition.
struct FindVerifier {
    private struct Subject {
        var owner: String
        var isDirectory: Bool
        var isReadable: Bool
        var modifiedMs: Int64
        var hasXAttrs: Bool
    }

    private let find: Find
    private let view: any MetadataView
    private let checker: PermissionChecker
    private let needsTime: Bool
    var walk: AncestorWalk

    init(_ find: Find, base: InodeID, _ view: any MetadataView) {
        self.find = find
        self.view = view
        checker = find.checker(view)
        needsTime = find.fields.contains(.modified)
        walk = AncestorWalk(base: base, checker)
    }

    /// nil for what is not an answer.
    mutating func entry(_ inode: InodeID) throws(PlanInterrupt) -> Find.Entry? {
        guard let (parent, name) = try place(inode), let subject = try subject(inode, parent, name),
            subject.isReadable
        else { return nil }
        let attributes = subject.hasXAttrs ? try AttributeRows.all(inode, view) : []
        let path = name.map { walk.path(of: $0, in: parent) } ?? .root
        func value(_ field: FindField) -> [UInt8]? {
            switch field {
            case .attribute(let name):
                return attributes.first { $0.attribute.namespace == .user && $0.attribute.name == name }?.row.value
            case .kind:
                return value(.attribute(OwnAttribute.artifact.rawValue))
                    ?? (subject.isDirectory ? FindField.directory : FindField.file)
            case .name: return name?.utf8 ?? []
            case .owner: return Array(subject.owner.utf8)
            case .path: return Array(path.description.utf8)
            case .modified: return Array(String(subject.modifiedMs).utf8)
            }
        }
        guard find.condition?.holds(value) ?? true else { return nil }
        var key: [UInt8] = []
        if let order = find.order {
            guard let bytes = value(order.field) else { return nil }
            key = order.key(bytes)
        }
        return Find.Entry(
            path: path.description, inode: inode, isDirectory: subject.isDirectory,
            attributes: find.wanted.compactMap { wanted in value(wanted.field).map { (wanted.text, $0) } }, key: key)
    }

    /// The directory that holds the entry and its name there (nil for the root), when it lies below the path and can be
    /// reached.
    private mutating func place(_ inode: InodeID) throws(PlanInterrupt) -> (parent: InodeID, name: FileName?)? {
        if inode == .root { return walk.base == .root ? (.root, nil) : nil }
        guard let locator = try view.locator(inode), let parent = try walk.directory(locator.parent),
            parent.mayTraverse, parent.isWithin || inode == walk.base
        else { return nil }
        return (locator.parent, locator.name)
    }

    private func subject(
        _ inode: InodeID, _ parent: InodeID, _ name: FileName?
    ) throws(PlanInterrupt) -> Subject? {
        if let name {
            guard let entry = try view.dentry(parent, name), entry.inode == inode else { return nil }
            if let file = entry.file {
                return Subject(
                    owner: file.owner, isDirectory: false, isReadable: try checker.allows(inode, file, .read),
                    modifiedMs: file.modifiedMs, hasXAttrs: file.hasXAttrs)
            }
        }
        let row = try view.requireDirectory(inode)
        let modifiedMs = needsTime ? row.modifiedMs(try view.counter(inode.rawValue)) : row.modifiedMs
        return Subject(
            owner: row.owner, isDirectory: true, isReadable: try checker.allows(inode, row, .read),
            modifiedMs: modifiedMs, hasXAttrs: row.hasXAttrs)
    }
}
