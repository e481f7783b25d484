internal import Core

/// Chooses datanodes for new replicas: the writer's own first, then at random by free space and load, without regard to
/// racks. A function of its arguments.
enum PlacementPolicy {
    /// A datanode that may be chosen, with its volume of most room.
    struct Candidate: Sendable {
        var location: LocatedBlock.Location
        var remainingBytes: UInt64
        /// Transfers and open blocks.
        var load: Int
        var isStale: Bool
    }

    /// Up to `request.replication` distinct nodes, the writer's own first. Stale nodes only when the others do not suffice.
    static func choose(
        _ request: PlacementRequest, from candidates: [Candidate], _ random: inout RandomSource
    ) -> [LocatedBlock.Location] {
        let taken = request.excluded.union(request.chosen.map(\.datanode.uuid))
        let usable = candidates.filter {
            $0.remainingBytes >= request.blockSize && !taken.contains($0.location.datanode.uuid)
        }
        var fresh = usable.filter { !$0.isStale }
        var stale = usable.filter(\.isStale)
        var picked: [LocatedBlock.Location] = []
        // The writer's node gets the first replica only: one that joins a pipeline later goes elsewhere.
        if let writer = request.writer, request.chosen.isEmpty, request.replication > 0 {
            let local = fresh.indices.filter {
                fresh[$0].location.datanode.address == writer || fresh[$0].location.datanode.hostName == writer
            }
            if let index = pick(local.map { fresh[$0] }, &random) {
                picked.append(fresh.remove(at: local[index]).location)
            }
        }
        while picked.count < request.replication {
            if let index = pick(fresh, &random) {
                picked.append(fresh.remove(at: index).location)
            } else if let index = pick(stale, &random) {
                picked.append(stale.remove(at: index).location)
            } else {
                break
            }
        }
        return picked
    }

    /// An index, with probability proportional to free space and inverse to load; nil when there is none.
    private static func pick(_ candidates: [Candidate], _ random: inout RandomSource) -> Int? {
        guard !candidates.isEmpty else { return nil }
        let weights = candidates.map { max(1, Double($0.remainingBytes)) / Double(1 + max(0, $0.load)) }
        var point = Double.random(in: 0..<1, using: &random) * weights.reduce(0, +)
        for (index, weight) in weights.enumerated() {
            point -= weight
            if point < 0 { return index }
        }
        return candidates.count - 1
    }

    /// What a client is told when not one node can take a replica: HDFS's text behind "File <path> ".
    static func noDatanodes(running: Int, excluded: Int) -> HFSError {
        let nodes = excluded == 0 ? "no" : String(excluded)
        return HFSError(
            .noDatanodes,
            "could only be written to 0 of the 1 minReplication nodes. There are \(running) datanode(s) running and "
                + "\(nodes) node(s) are excluded in this operation.")
    }
}
