internal import Core

/// What a block's recovery waits for, for a person who wants the file closed.
extension BlockState {
    /// Says what keeps the recovery of an open block from its end, and whether only datanodes that are away could bring a
    /// byte of it. `pipeline`: the datanodes (uuids) that the block's row names.
    func recoveryStanding(
        _ block: BlockID, _ stamp: GenerationStamp, pipeline: [String], nowMs: Int64
    ) -> RecoveryStanding {
        guard let recovery = recoveries[block] else {
            return RecoveryStanding(waitsFor: "its recovery has just begun or ended", isOutOfReach: false)
        }
        let reachable = reachable(block, stamp, recovery, nowMs: nowMs)
        guard reachable.isEmpty else {
            let asked = recovery.tried.last.map { "datanode \(nodes[$0].descriptor.transferAddress) was asked" }
            let refusal = recovery.refusal.map { "; the last outcome was refused: \($0)" } ?? ""
            let holders = reachable.joined(separator: ", ")
            return RecoveryStanding(
                waitsFor:
                    "\(asked ?? "a datanode is about to be asked") to recover the replicas on \(holders)\(refusal)",
                isOutOfReach: false)
        }
        guard isEveryReplicaKnown(nowMs: nowMs) else {
            return RecoveryStanding(
                waitsFor: "datanodes \(unheard()) have not reported all that they have", isOutOfReach: false)
        }
        let names = askedForNothing(block, pipeline: pipeline, nowMs: nowMs).missing.compactMap(away)
        return RecoveryStanding(
            waitsFor: names.isEmpty
                ? "which datanodes it was written to is not known"
                : "datanodes that may have bytes of it are away: \(names.joined(separator: ", "))",
            isOutOfReach: true)
    }

    /// Datanodes, by address, that are connected and hold a replica which may have a byte that a client was told of.
    private func reachable(
        _ block: BlockID, _ stamp: GenerationStamp, _ recovery: BlockRecoveries.Recovery, nowMs: Int64
    ) -> [String] {
        var found: [String] = []
        replicas.forEach(of: block) { replica in
            guard replica.state != .temporary, !replica.flags.contains(.invalidating),
                replica.stamp >= stamp.rawValue, replica.length > 0 || !recovery.foundNothing,
                let node = node(of: replica.storage), nodes[node].liveness(nowMs: nowMs, configuration) <= .stale
            else { return }
            found.append(nodes[node].descriptor.transferAddress)
        }
        return found.sorted()
    }

    private func unheard() -> String {
        let names = nodes.nodes.filter { !$0.isDead && ($0.connection == nil || !nodes.isReportComplete($0.index)) }
            .map(\.descriptor.transferAddress)
        return names.isEmpty ? "of the cluster" : names.sorted().joined(separator: ", ")
    }

    /// A datanode that does not show what it has; nil for one that does.
    private func away(_ uuid: String) -> String? {
        guard let node = nodes.index(ofUUID: uuid) else { return uuid }
        let address = nodes[node].descriptor.transferAddress
        if nodes[node].isDead { return "\(address) (dead)" }
        let hasFailed = nodes[node].storages.contains { nodes[$0]?.report.hasFailed == true }
        return hasFailed ? "\(address) (with a failed volume)" : nil
    }
}
