package import Core

extension ContentSummary {
    package init(_ proto: Hadoop_Hdfs_ContentSummaryProto) {
        self.init(
            length: proto.length, fileCount: proto.fileCount, directoryCount: proto.directoryCount,
            namespaceQuota: Int64(bitPattern: proto.quota), spaceConsumed: proto.spaceConsumed,
            spaceQuota: Int64(bitPattern: proto.spaceQuota))
    }

    /// Quotas of -1 travel as 2^64-1. A file names its policy, "Replicated", as HDFS 3 does; a directory has none.
    package var proto: Hadoop_Hdfs_ContentSummaryProto {
        var proto = Hadoop_Hdfs_ContentSummaryProto()
        proto.length = length
        proto.fileCount = fileCount
        proto.directoryCount = directoryCount
        proto.quota = UInt64(bitPattern: namespaceQuota)
        proto.spaceConsumed = spaceConsumed
        proto.spaceQuota = UInt64(bitPattern: spaceQuota)
        if directoryCount == 0 { proto.erasureCodingPolicy = "Replicated" }
        return proto
    }
}
