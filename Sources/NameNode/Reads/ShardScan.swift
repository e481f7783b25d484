import Core
import MetaStore

/// Every row of a table that is keyed by virtual shard and inode: leases and reclaim entries, after a start.
struct ShardScan: Sendable {
    var table: Table

    func run(_ view: any MetadataView) throws(PlanInterrupt) -> [(inode: InodeID, image: [UInt8])] {
        let shards = try view.gather(0..<VirtualShard.count) { (shard, view) throws(PlanInterrupt) in
            var found: [(inode: InodeID, image: [UInt8])] = []
            var after: [UInt8]?
            while true {
                let rows = try view.scan(table, UInt64(shard), after: after, limit: Limits.listingPageMax)
                found += rows.map { (Keys.inode(sub: $0.sub), $0.image) }
                guard rows.count == Limits.listingPageMax else { return found }
                after = rows.last?.sub
            }
        }
        return shards.flatMap { $0 }
    }
}
