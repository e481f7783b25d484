internal import Core
internal import WireProtocol

/// The replicas of some report buckets, checked and sorted by bucket.
struct BucketContents {
    struct Group {
        var bucket: Int
        var replicas: [ReportedReplica]
    }

    let groups: [Group]

    /// Errors: `.invalidArgument` for a bucket out of range or named twice, a replica of a bucket that is not named, and a
    /// replica named twice.
    init(buckets: [Int], replicas: [ReportedReplica]) throws(HFSError) {
        var place = Array(repeating: -1, count: Limits.blockReportBuckets)
        var groups: [Group] = []
        for bucket in buckets {
            guard place.indices.contains(bucket), place[bucket] < 0 else {
                throw HFSError(.invalidArgument, "Report bucket \(bucket) is out of range or named twice")
            }
            place[bucket] = groups.count
            groups.append(Group(bucket: bucket, replicas: []))
        }
        for replica in replicas {
            let group = place[BlockReportHash.bucket(of: replica.block)]
            guard group >= 0 else {
                throw HFSError(.invalidArgument, "\(replica.block) lies in no bucket of this report")
            }
            groups[group].replicas.append(replica)
        }
        for group in groups where Set(group.replicas.map(\.block)).count != group.replicas.count {
            throw HFSError(.invalidArgument, "Report bucket \(group.bucket) names a block twice")
        }
        self.groups = groups
    }
}
