import Core
import MetaStore
import Testing

@testable import NameNode

/// Checks every row against every other: what a consistent namespace looks like, told independently of the operations.
struct NamespaceAudit {
    private(set) var problems: [String] = []
    private var rows: [RowKey: [UInt8]] = [:]
    private var counters: [UInt64: Counter] = [:]
    private var seen: Set<RowKey> = [RowKey(.directory, InodeID.root.rawValue)]

    init(_ dump: (rows: [(key: RowKey, image: [UInt8])], counters: [(directory: UInt64, counter: Counter)])) {
        for (key, image) in dump.rows { rows[key] = image }
        for (directory, counter) in dump.counters { counters[directory] = counter }
        do {
            let total = try visit(.root, path: "")
            if total.children < 0 { problems.append("negative children") }
            try visitUnlinked()
        } catch {
            problems.append("\(error)")
        }
        for key in rows.keys where !seen.contains(key) && key.table != .system {
            problems.append("orphan row \(key.table) \(key.id) \(String(decoding: key.sub, as: UTF8.self))")
        }
        problems.sort()
    }

    /// The counter that `directory` must have.
    private mutating func visit(_ directory: InodeID, path: String) throws -> Counter {
        var total = Counter()
        for (key, image) in rows.filter({ $0.key.table == .dentry && $0.key.id == directory.rawValue }) {
            let entry = try DentryRow(image: image)
            let name = FileName(checkedUTF8: key.sub)
            seen.insert(key)
            total.children += 1
            guard let locatorImage = rows[Keys.locator(entry.inode)] else {
                problems.append("\(path)/\(name) has no locator")
                continue
            }
            seen.insert(Keys.locator(entry.inode))
            if try LocatorRow(image: locatorImage) != LocatorRow(parent: directory, name: name) {
                problems.append("\(path)/\(name): the locator points elsewhere")
            }
            if let file = entry.file {
                try visit(entry.inode, file, path: "\(path)/\(name)")
                total.files += 1
                total.length += Int64(file.length)
                total.space += Int64(file.length) * Int64(file.replication)
            } else {
                let below = try visit(entry.inode, path: "\(path)/\(name)")
                total.directories += below.directories + 1
                total.files += below.files
                total.length += below.length
                total.space += below.space
            }
        }
        try attributes(of: directory, path)
        var stored = counters[directory.rawValue] ?? Counter()
        stored.modifiedMs = 0
        if stored != total { problems.append("\(path)/: counter \(stored), counted \(total)") }
        return total
    }

    private mutating func attributes(of directory: InodeID, _ path: String) throws {
        guard let image = rows[Keys.directory(directory)] else {
            return problems.append("\(path)/ has no directory row")
        }
        seen.insert(Keys.directory(directory))
        let row = try DirectoryRow(image: image)
        try extras(directory, hasACL: row.hasACL, hasXAttrs: row.hasXAttrs, path)
    }

    private mutating func extras(_ inode: InodeID, hasACL: Bool, hasXAttrs: Bool, _ path: String) throws {
        if hasACL != (rows[Keys.acl(inode)] != nil) { problems.append("\(path): hasACL is \(hasACL)") }
        seen.insert(Keys.acl(inode))
        let attributes = rows.keys.filter { $0.table == .xattr && $0.id == inode.rawValue }
        if !attributes.isEmpty, !hasXAttrs { problems.append("\(path): attributes that its row does not tell of") }
        seen.formUnion(attributes)
        for key in attributes { try index(of: inode, key, path) }
    }

    /// An attribute of `user` is in one index, the notes about a directory are in those that its list names.
    private mutating func index(of inode: InodeID, _ key: RowKey, _ path: String) throws {
        let row = try XAttrRow(image: try #require(rows[key]))
        let name = String(decoding: key.sub.dropFirst(), as: UTF8.self)
        var wanted: [RowKey] = []
        if key == ScopeNotes.key(inode) {
            wanted = ScopeNotes.decode(row.value).map {
                AttributeKey.note($0.scope, source: $0.source, root: inode)
            }
        } else if let scope = row.scope {
            wanted = [AttributeKey.value(scope, name, row.value, inode)]
        } else if key.sub.first == ExtendedAttribute.Namespace.user.rawValue {
            problems.append("\(path): \(name) is in no index")
        }
        for key in wanted where rows[key] == nil { problems.append("\(path): the index lacks \(name)") }
        seen.formUnion(wanted)
    }

    private mutating func visit(_ inode: InodeID, _ file: FileAttributes, path: String) throws {
        let lease = Keys.lease(inode)
        if file.isUnderConstruction != (rows[lease] != nil) { problems.append("\(path): lease and open flag differ") }
        seen.insert(lease)
        try extras(inode, hasACL: file.hasACL, hasXAttrs: file.hasXAttrs, path)
        var length: UInt64 = 0
        for index in 0..<file.blockCount {
            let key = Keys.fileBlock(inode, index)
            guard let image = rows[key] else { return problems.append("\(path): block \(index) is missing") }
            seen.insert(key)
            let id = try FileBlockRow(image: image).block
            guard let blockImage = rows[Keys.block(id)] else {
                return problems.append("\(path): \(id) has no row")
            }
            seen.insert(Keys.block(id))
            let row = try BlockRow(image: blockImage)
            if row.inode != inode || row.index != index || row.replication != file.replication {
                problems.append("\(path): \(id) says \(row)")
            }
            if row.isInline != (file.hasInlineBlock && index == 0) {
                problems.append("\(path): \(id) inline \(row.isInline)")
            }
            if row.isInline {
                let bytes = try rows[Keys.inline(id)].map { try InlineRow(image: $0).bytes }
                if bytes.map({ UInt64($0.count) }) != row.length {
                    problems.append("\(path): \(id) of \(row.length) bytes has \(bytes?.count ?? -1)")
                }
                seen.insert(Keys.inline(id))
            }
            if row.state == .underConstruction, index + 1 != file.blockCount || !file.isUnderConstruction {
                problems.append("\(path): \(id) is open and is not the last of an open file")
            }
            length += row.length
        }
        if length != file.length { problems.append("\(path): length \(file.length), blocks have \(length)") }
    }

    /// Subtrees that are not freed yet may hold anything but must be whole.
    private mutating func visitUnlinked() throws {
        for (key, image) in rows.filter({ $0.key.table == .reclaim }) {
            seen.insert(key)
            let inode = Keys.inode(sub: key.sub)
            if try ReclaimRow(image: image).isDirectory { _ = try visit(inode, path: "unlinked:\(inode)") }
        }
    }
}
