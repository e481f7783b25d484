internal import Core

/// Where a block can be read.
extension BlockState {
    /// The replicas a reader should try, best first: on its own host, elsewhere in random order, on stale nodes, on nodes
    /// that lost their connection. When all that is known is corrupt, those, and `isCorrupt`.
    mutating func locations(
        of block: BlockID, _ stamp: GenerationStamp, reader: String?, nowMs: Int64
    ) -> (locations: [LocatedBlock.Location], isCorrupt: Bool) {
        var finalized: [StorageIndex] = []
        var unfinished: [StorageIndex] = []
        var corrupt: [StorageIndex] = []
        replicas.forEach(of: block) { replica in
            if replica.flags.contains(.corrupt), !replica.flags.contains(.invalidating) {
                corrupt.append(replica.storage)
            }
            guard replica.flags.isEmpty else { return }
            switch replica.state {
            case .finalized where replica.stamp >= stamp.rawValue: finalized.append(replica.storage)
            case .rbw where replica.stamp >= stamp.rawValue: unfinished.append(replica.storage)
            case .rwr where replica.stamp >= stamp.rawValue: unfinished.append(replica.storage)
            case .finalized, .rbw, .rwr, .underRecovery, .temporary: break
            }
        }
        var found: [LocatedBlock.Location] = []
        let isOpen = open[block].map { $0.committed == nil } ?? false
        let usable = isOpen || finalized.isEmpty ? finalized + unfinished : finalized
        found = usable.compactMap { nodes.location($0) }
        if isOpen || found.isEmpty, let expected = open[block]?.expected {
            let known = Set(found.map(\.datanode.uuid) + corrupt.compactMap { nodes.location($0)?.datanode.uuid })
            found += expected.filter { !known.contains($0.datanode.uuid) }
        }
        if found.isEmpty, !corrupt.isEmpty {
            return (rank(corrupt.compactMap { nodes.location($0) }, reader, nowMs), true)
        }
        return (rank(found, reader, nowMs), false)
    }

    /// Nodes that can fetch an inline block for a reader: any that are connected, its own host's first.
    mutating func inlineLocations(count: Int, reader: String?, nowMs: Int64) -> [LocatedBlock.Location] {
        var found: [LocatedBlock.Location] = []
        guard !nodes.nodes.isEmpty else { return found }
        let start = Int.random(in: nodes.nodes.indices, using: &random)
        for offset in nodes.nodes.indices {
            let node = nodes.nodes[(start + offset) % nodes.nodes.count]
            guard let location = inlineLocation(node, nowMs: nowMs) else { continue }
            let isLocal = node.descriptor.address == reader || node.descriptor.hostName == reader
            if isLocal { found.insert(location, at: 0) } else if found.count < count { found.append(location) }
        }
        return Array(found.prefix(max(count, 1)))
    }

    /// Where a node that is connected fetches inline blocks for readers; nil for one that cannot.
    func inlineLocation(_ node: Datanode, nowMs: Int64) -> LocatedBlock.Location? {
        guard node.liveness(nowMs: nowMs, configuration) <= .stale, let storage = node.storages.first else {
            return nil
        }
        return nodes.location(storage)
    }

    private mutating func rank(
        _ locations: [LocatedBlock.Location], _ reader: String?, _ nowMs: Int64
    ) -> [LocatedBlock.Location] {
        let shuffled = locations.shuffled(using: &random)
        var lanes: [[LocatedBlock.Location]] = [[], [], [], []]
        for location in shuffled {
            guard let node = nodes.index(ofUUID: location.datanode.uuid) else { continue }
            let isLocal = location.datanode.address == reader || location.datanode.hostName == reader
            switch nodes[node].liveness(nowMs: nowMs, configuration) {
            case .live: lanes[isLocal ? 0 : 1].append(location)
            case .stale: lanes[2].append(location)
            case .disconnected: lanes[3].append(location)
            case .dead: break
            }
        }
        return lanes.flatMap(\.self)
    }
}
