import Core
import MetaStore
import WireProtocol

/// A record of the log as HDFS's inotify tells it (`InotifyFSEditLogOpTranslator`).
///
/// What HDFS has no event for (blocks, quotas, policies, reads, runs) is left out. Attributes that HDFS's events hold and
/// ours do not are taken from the rows of the same record.
struct InotifyTranslator {
    private let record: EditRecord

    init(_ record: EditRecord) { self.record = record }

    /// Empty when the record has nothing that HDFS would tell.
    func events() throws(HFSError) -> [Hadoop_Hdfs_EventProto] {
        var translated: [Hadoop_Hdfs_EventProto] = []
        for (index, event) in record.mutation.events.enumerated() {
            if let one = try translate(event, at: index) { translated.append(one) }
        }
        return translated
    }

    private func translate(_ event: NamespaceEvent, at index: Int) throws(HFSError) -> Hadoop_Hdfs_EventProto? {
        switch event.kind {
        case .create, .mkdir: return try creation(event, at: index)
        case .close, .leaseRecovered, .truncate: return try content(event)
        case .append:
            var append = Hadoop_Hdfs_AppendEventProto()
            append.path = event.path
            // Finalized blocks are never written again.
            append.newBlock = true
            return try Hadoop_Hdfs_EventProto(.eventAppend, append)
        case .rename, .publish:
            guard case .moved(_, let newPath) = event.change else { return nil }
            var rename = Hadoop_Hdfs_RenameEventProto()
            rename.srcPath = event.path
            rename.destPath = newPath
            rename.timestamp = record.timeMs
            return try Hadoop_Hdfs_EventProto(.eventRename, rename)
        case .delete:
            guard !isReplaced(event.path, after: index) else { return nil }
            var unlink = Hadoop_Hdfs_UnlinkEventProto()
            unlink.path = event.path
            unlink.timestamp = record.timeMs
            return try Hadoop_Hdfs_EventProto(.eventUnlink, unlink)
        case .setXAttr, .removeXAttr, .setPermission, .setOwner, .setTimes, .setReplication, .setACL:
            return try update(event)
        case .setQuota, .addBlock, .setStoragePolicy, .opened, .read, .runStarted, .runEnded: return nil
        }
    }

    /// HDFS does not tell of what a create or rename overwrites by itself.
    private func isReplaced(_ path: String, after index: Int) -> Bool {
        record.mutation.events.dropFirst(index + 1).contains { event in
            switch event.change {
            case .moved(_, let newPath): newPath == path
            default: event.kind == .create && event.path == path
            }
        }
    }

    private func creation(_ event: NamespaceEvent, at index: Int) throws(HFSError) -> Hadoop_Hdfs_EventProto? {
        var create = Hadoop_Hdfs_CreateEventProto()
        create.path = event.path
        if event.isDirectory {
            guard let row = try directory(event.inode) else { return nil }
            create.type = .iTypeDirectory
            create.ctime = row.modifiedMs
            create.ownerName = row.owner
            create.groupName = row.group
            create.perms = row.mode.proto
            create.replication = 0
            create.overwrite = false
        } else {
            guard let file = try file(event.inode) else { return nil }
            create.type = .iTypeFile
            create.ctime = file.modifiedMs
            create.ownerName = file.owner
            create.groupName = file.group
            create.perms = file.mode.proto
            create.replication = Int32(file.replication)
            create.overwrite = record.mutation.events[..<index].contains {
                $0.kind == .delete && $0.path == event.path
            }
            create.defaultBlockSize = Int64(clamping: file.blockSize)
        }
        return try Hadoop_Hdfs_EventProto(.eventCreate, create)
    }

    private func content(_ event: NamespaceEvent) throws(HFSError) -> Hadoop_Hdfs_EventProto? {
        guard case .content(let length, let modifiedMs, _) = event.change else { return nil }
        if event.kind == .truncate {
            var truncate = Hadoop_Hdfs_TruncateEventProto()
            truncate.path = event.path
            truncate.fileSize = Int64(clamping: length)
            truncate.timestamp = modifiedMs
            return try Hadoop_Hdfs_EventProto(.eventTruncate, truncate)
        }
        var close = Hadoop_Hdfs_CloseEventProto()
        close.path = event.path
        close.fileSize = Int64(clamping: length)
        close.timestamp = modifiedMs
        return try Hadoop_Hdfs_EventProto(.eventClose, close)
    }

    private func update(_ event: NamespaceEvent) throws(HFSError) -> Hadoop_Hdfs_EventProto? {
        var update = Hadoop_Hdfs_MetadataUpdateEventProto()
        update.path = event.path
        if case .attribute(let name, let old, let new) = event.change {
            guard let attribute = ExtendedAttribute(fullName: name, value: new ?? old ?? []) else { return nil }
            update.type = .metaTypeXattrs
            update.xAttrs = [attribute.proto]
            update.xAttrsRemoved = new == nil
            return try Hadoop_Hdfs_EventProto(.eventMetadata, update)
        }
        guard let now = try attributes(event.inode) else { return nil }
        switch event.kind {
        case .setTimes:
            update.type = .metaTypeTimes
            update.mtime = now.modifiedMs
            update.atime = now.accessedMs
        case .setReplication:
            update.type = .metaTypeReplication
            update.replication = Int32(now.replication)
        case .setOwner:
            update.type = .metaTypeOwner
            update.ownerName = now.owner
            update.groupName = now.group
        case .setPermission:
            update.type = .metaTypePerms
            update.perms = now.mode.proto
        default:
            update.type = .metaTypeAcls
            update.acls = LogicalAcl(now.mode, try acl(event.inode)).entries.map(\.proto)
        }
        return try Hadoop_Hdfs_EventProto(.eventMetadata, update)
    }
}

/// Rows of the record.
extension InotifyTranslator {
    private func directory(_ inode: InodeID) throws(HFSError) -> DirectoryRow? {
        guard let image = image(Keys.directory(inode)) else { return nil }
        return try DirectoryRow(image: image)
    }

    private func file(_ inode: InodeID) throws(HFSError) -> FileAttributes? {
        for case .put(let key, let image) in record.mutation.rows where key.table == .dentry {
            let row = try DentryRow(image: image)
            if row.inode == inode, let file = row.file { return file }
        }
        return nil
    }

    private func acl(_ inode: InodeID) throws(HFSError) -> AclRow? {
        guard let image = image(Keys.acl(inode)) else { return nil }
        return try AclRow(image: image)
    }

    private func image(_ wanted: RowKey) -> [UInt8]? {
        for case .put(let key, let image) in record.mutation.rows where key == wanted { return image }
        return nil
    }

    /// What a file and a directory have alike, after the change.
    private func attributes(_ inode: InodeID) throws(HFSError) -> FileAttributes? {
        if let file = try file(inode) { return file }
        guard let row = try directory(inode) else { return nil }
        return FileAttributes(
            owner: row.owner, group: row.group, mode: row.mode, modifiedMs: row.modifiedMs, accessedMs: row.accessedMs,
            replication: 0, blockSize: 0)
    }
}
