package import Core
internal import FoundationEssentials

extension FileStatus {
    /// Bit of `flags` that says that an inode has an ACL beyond its mode.
    static let aclFlag: UInt32 = 1

    /// Throws `.unsupported` for a symbolic link and `.malformedRequest` for numbers out of range.
    package init(_ proto: Hadoop_Hdfs_HdfsFileStatusProto) throws(HFSError) {
        let kind: Kind
        switch proto.fileType {
        case .isDir: kind = .directory
        case .isFile: kind = .file
        case .isSymlink: throw Self.symlink
        }
        guard let replication = UInt16(exactly: proto.blockReplication) else {
            throw WireReader.malformed("replication \(proto.blockReplication)")
        }
        // Servers before 3.0 send no flags and put the marker into bit 12 of the mode.
        let hasACL = proto.hasFlags ? proto.flags & Self.aclFlag != 0 : proto.permission.perm & 1 << 12 != 0
        self.init(
            kind: kind, name: [UInt8](proto.path), inode: InodeID(proto.fileID), length: proto.length,
            mode: FileMode(proto.permission), owner: proto.owner, group: proto.group,
            modifiedMs: Int64(bitPattern: proto.modificationTime), accessedMs: Int64(bitPattern: proto.accessTime),
            replication: replication, blockSize: proto.blocksize, childrenCount: proto.childrenNum,
            storagePolicy: UInt8(truncatingIfNeeded: proto.storagePolicy), hasACL: hasACL)
    }

    static let symlink = HFSError(.unsupported, "Symlinks not supported")

    package var proto: Hadoop_Hdfs_HdfsFileStatusProto { proto(locations: nil) }

    /// The status, with the file's block locations when the caller asked for them.
    package func proto(locations: LocatedBlocks?) -> Hadoop_Hdfs_HdfsFileStatusProto {
        var proto = Hadoop_Hdfs_HdfsFileStatusProto()
        proto.fileType = kind == .directory ? .isDir : .isFile
        proto.path = Data(name)
        proto.length = length
        proto.permission = mode.proto
        proto.owner = owner
        proto.group = group
        proto.modificationTime = UInt64(bitPattern: modifiedMs)
        proto.accessTime = UInt64(bitPattern: accessedMs)
        proto.blockReplication = UInt32(replication)
        proto.blocksize = blockSize
        if let locations { proto.locations = locations.proto }
        proto.fileID = inode.rawValue
        // -1 is the field's default.
        if childrenCount != -1 { proto.childrenNum = childrenCount }
        proto.storagePolicy = UInt32(storagePolicy)
        proto.flags = hasACL ? Self.aclFlag : 0
        return proto
    }
}
