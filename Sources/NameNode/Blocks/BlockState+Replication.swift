internal import Core

/// Ordering copies of blocks that have too few replicas.
extension BlockState {
    /// How many blocks one round looks at; the rest waits for the next one, a second later at most.
    private static let blocksPerRound = 1000
    /// Blocks that nobody can take now would otherwise be looked at after every event.
    private static let roundIntervalMs: Int64 = 250

    mutating func scheduleTransfers(nowMs: Int64) {
        for block in transfers.expire(nowMs: nowMs) {
            effects.log(.warning, "transfer-timed-out", ["block": "\(block)"])
            evaluateLater(block)
        }
        guard !safemode.isOn, nowMs >= max(replicationFromMs, nextSchedulingMs), queue.count > queue.lostCount else {
            return
        }
        nextSchedulingMs = nowMs + Self.roundIntervalMs
        let free = nodes.nodes.reduce(0) { sum, node in
            guard node.liveness(nowMs: nowMs, configuration) == .live else { return sum }
            return sum + max(0, configuration.transfersPerNodeMax - transfers.sent(by: node.index))
        }
        guard free > 0 else { return }
        var started = 0
        for (block, entry) in queue.next(Self.blocksPerRound) {
            if started < free, startTransfer(block, entry, nowMs: nowMs) {
                started += 1
                queue.remove(block)
            } else {
                queue.defer(block)
            }
        }
    }

    private mutating func startTransfer(_ block: BlockID, _ entry: ReplicationQueue.Entry, nowMs: Int64) -> Bool {
        var good: [Replica] = []
        var holders: Set<DatanodeIndex> = []
        replicas.forEach(of: block) { replica in
            if let node = node(of: replica.storage) { holders.insert(node) }
            if replica.isGood { good.append(copy replica) }
        }
        let coming = transfers.targets(of: block)
        let missing = Int(entry.wanted) - good.count - coming.count
        let inline = inlineSource(block)
        let source = inline == nil ? source(of: good, nowMs: nowMs) : nil
        let copied = source.map { source in
            BlockVersion(id: block, generationStamp: source.replica.generationStamp, length: source.replica.length)
        }
        guard missing > 0, let version = inline ?? copied else { return false }
        let taken = holders.union(coming).map { nodes[$0].descriptor.uuid }
        let request = PlacementRequest(
            writer: nil, replication: missing, blockSize: version.length, excluded: Set(taken))
        let candidates = candidates(nowMs: nowMs, blockSize: version.length)
        let targets = PlacementPolicy.choose(request, from: candidates, &random)
        guard let first = targets.first, let sender = source?.node ?? nodes.index(ofUUID: first.datanode.uuid) else {
            return false
        }
        nodes[sender].commands.append(.transfer(version, targets: targets))
        transfers.start(
            block, from: sender, to: targets.compactMap { nodes.index(ofUUID: $0.datanode.uuid) },
            deadlineMs: nowMs + configuration.transferTimeoutMs)
        effects.log(
            .info, "transfer-ordered",
            [
                "block": "\(block)", "source": "\(nodes[sender].descriptor.transferAddress)",
                "targets": "\(targets.map(\.datanode.transferAddress).joined(separator: " "))",
            ])
        return true
    }

    /// The live node with the fewest copies to send, below the bound.
    private func source(of good: [Replica], nowMs: Int64) -> (node: DatanodeIndex, replica: Replica)? {
        var best: (node: DatanodeIndex, replica: Replica)?
        for replica in good {
            guard let node = node(of: replica.storage), nodes[node].liveness(nowMs: nowMs, configuration) == .live,
                transfers.sent(by: node) < configuration.transfersPerNodeMax
            else { continue }
            if let known = best, transfers.sent(by: known.node) <= transfers.sent(by: node) { continue }
            best = (node, replica)
        }
        return best
    }
}
