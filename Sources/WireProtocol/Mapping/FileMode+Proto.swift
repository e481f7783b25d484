package import Core

extension FileMode {
    package init(_ proto: Hadoop_Hdfs_FsPermissionProto) { self.init(UInt16(truncatingIfNeeded: proto.perm)) }

    package var proto: Hadoop_Hdfs_FsPermissionProto {
        var proto = Hadoop_Hdfs_FsPermissionProto()
        proto.perm = UInt32(bits)
        return proto
    }
}
