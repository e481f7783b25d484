package import Core

extension StorageKind {
    /// Kinds that hfs has no volumes of count as disks.
    package init(_ proto: Hadoop_Hdfs_StorageTypeProto) {
        self =
            switch proto {
            case .disk, .provided: .disk
            case .ssd, .nvdimm: .ssd
            case .archive: .archive
            case .ramDisk: .ramDisk
            }
    }

    package var proto: Hadoop_Hdfs_StorageTypeProto {
        switch self {
        case .disk: .disk
        case .ssd: .ssd
        case .archive: .archive
        case .ramDisk: .ramDisk
        }
    }
}
