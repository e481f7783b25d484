package import Core
internal import MetaStore

/// Reads the namespace's rows out of the shard files: for `hfs debug inode` and `hfs debug block`.
///
/// Read-only and tolerant: a running namenode is not disturbed, its shards may lag behind its log (`appliedLSN` says where
/// they are), and a damaged row is reported in its place. Not Sendable: one thread.
package final class NamespaceInspector {
    private let shards: [ShardInspector]

    /// Opens every shard of a namenode's directory. Errors: `.fileNotFound` when there is none, `.io`.
    package init(directory: String) throws(HFSError) {
        var found: [ShardInspector] = []
        for name in try SystemFileIO().list(directory).sorted() where name.hasPrefix("shard") && name.hasSuffix(".db") {
            found.append(try ShardInspector("\(directory)/\(name)"))
        }
        guard !found.isEmpty else {
            throw HFSError(.fileNotFound, "there are no shards in this directory", subject: directory)
        }
        shards = found
    }

    /// The edit up to which every shard holds the namespace.
    package func appliedLSN() throws(HFSError) -> UInt64 {
        var oldest = UInt64.max
        for shard in shards { oldest = min(oldest, try shard.appliedLSN().rawValue) }
        return oldest
    }

    /// An inode by its path or its number. Errors: `.fileNotFound`, `.invalidPath`.
    package func inode(_ text: String) throws(HFSError) -> InodeReport {
        if let number = UInt64(text) { return try report(InodeID(number)) }
        var current = InodeID.root
        for name in try FilePath(text).components {
            guard let row = try rows(.dentry, current.rawValue, sub: name.utf8).first else {
                throw HFSError(.fileNotFound, "there is no \(text) in the shards")
            }
            current = try DentryRow(image: row.image).inode
        }
        return try report(current)
    }

    /// A block by its number, with or without `blk_`. Errors: `.fileNotFound`, `.invalidArgument`.
    package func block(_ text: String) throws(HFSError) -> BlockReport {
        let digits = text.hasPrefix("blk_") ? String(text.dropFirst(4)) : text
        guard let number = UInt64(digits) else { throw HFSError(.invalidArgument, "\(text) is not a block") }
        guard let row = try rows(.block, number).first else {
            throw HFSError(.fileNotFound, "there is no block \(number) in the shards")
        }
        let block = try BlockRow(image: row.image)
        var report = BlockReport(
            block: number, inode: block.inode.rawValue, path: try path(of: block.inode)?.description,
            index: block.index,
            generationStamp: block.generationStamp.rawValue, lengthBytes: block.length,
            replication: Int(block.replication),
            state: "\(block.state)", lsn: row.lsn.rawValue, isIntact: row.isIntact)
        if block.isInline { try addBytes(number, &report) }
        return report
    }

    private func addBytes(_ block: UInt64, _ report: inout BlockReport) throws(HFSError) {
        report.inlineBytes = 0
        report.isInlineIntact = false
        guard let row = try rows(.inline, block).first, let inline = try? InlineRow(image: row.image) else { return }
        report.inlineBytes = inline.bytes.count
        report.isInlineIntact = row.isIntact && CRC32C.checksum(inline.bytes) == inline.checksum
    }

    private func report(_ inode: InodeID) throws(HFSError) -> InodeReport {
        let path = try path(of: inode)
        var report = InodeReport(inode: inode.rawValue, path: path?.description, shard: inode.shard.rawValue)
        if let row = try rows(.directory, inode.rawValue).first {
            report.add(row.key.table, row.lsn, row.isIntact)
            report.directory(try DirectoryRow(image: row.image))
        } else if let locator = try rows(.locator, inode.rawValue).first {
            let place = try LocatorRow(image: locator.image)
            if let row = try rows(.dentry, place.parent.rawValue, sub: place.name.utf8).first,
                let file = try DentryRow(image: row.image).file
            {
                report.add(row.key.table, row.lsn, row.isIntact)
                report.file(file)
            }
        }
        guard report.kind != nil else { throw HFSError(.fileNotFound, "there is no inode \(inode) in the shards") }
        try addParts(inode, &report)
        return report
    }

    private func addParts(_ inode: InodeID, _ report: inout InodeReport) throws(HFSError) {
        for row in try rows(.fileBlock, inode.rawValue) {
            report.blocks.append(try FileBlockRow(image: row.image).block.rawValue)
        }
        for row in try rows(.xattr, inode.rawValue) {
            let namespace = row.key.sub.first.flatMap { ExtendedAttribute.Namespace(rawValue: $0) }
            let name = String(decoding: row.key.sub.dropFirst(), as: UTF8.self)
            report.attributes.append("\(namespace.map { "\($0)" } ?? "?").\(name)")
        }
        for row in try rows(.acl, inode.rawValue) {
            report.acl = try AclRow(image: row.image).entries.map {
                "\($0.scope == .default ? "default:" : "")\($0.kind):\($0.name ?? ""):\($0.permissions)"
            }
        }
        let key = Keys.lease(inode)
        if let row = try rows(.lease, key.id, sub: key.sub).first {
            let lease = try LeaseRow(image: row.image)
            report.lease = "\(lease.holder) on \(lease.address)"
        }
    }

    private func path(of inode: InodeID) throws(HFSError) -> FilePath? {
        var names: [FileName] = []
        var current = inode
        while current != .root {
            guard names.count <= Limits.pathDepthMax, let row = try rows(.locator, current.rawValue).first else {
                return nil
            }
            let locator = try LocatorRow(image: row.image)
            names.append(locator.name)
            current = locator.parent
        }
        return FilePath(components: names.reversed())
    }

    private func rows(_ table: Table, _ id: UInt64, sub: [UInt8]? = nil) throws(HFSError) -> [ShardInspector.Row] {
        var found: [ShardInspector.Row] = []
        for shard in shards {
            try shard.rows(table, id: id) { row in
                if sub == nil || row.key.sub == sub { found.append(row) }
                return sub == nil || found.isEmpty
            }
        }
        return found
    }
}
