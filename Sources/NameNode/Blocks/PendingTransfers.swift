internal import Core

/// Copies that were ordered and not yet reported. A value without clock or lock.
struct PendingTransfers {
    struct Transfer {
        var source: DatanodeIndex
        var targets: [DatanodeIndex]
        var deadlineMs: Int64
    }

    private var transfers: [BlockID: [Transfer]] = [:]
    private var sending: [DatanodeIndex: Int] = [:]
    /// No transfer ends before this; a lower bound that saves looking.
    private var nextDeadlineMs = Int64.max

    var blockCount: Int { transfers.count }

    /// Copies that a node sends now.
    func sent(by node: DatanodeIndex) -> Int { sending[node] ?? 0 }

    /// The nodes that are to get a replica.
    func targets(of block: BlockID) -> [DatanodeIndex] { transfers[block]?.flatMap(\.targets) ?? [] }

    mutating func start(_ block: BlockID, from source: DatanodeIndex, to targets: [DatanodeIndex], deadlineMs: Int64) {
        transfers[block, default: []].append(Transfer(source: source, targets: targets, deadlineMs: deadlineMs))
        sending[source, default: 0] += 1
        nextDeadlineMs = min(nextDeadlineMs, deadlineMs)
    }

    /// A node reported the replica. Returns false when none was expected of it.
    @discardableResult
    mutating func arrived(_ block: BlockID, at node: DatanodeIndex) -> Bool {
        guard let all = transfers[block], all.contains(where: { $0.targets.contains(node) }) else { return false }
        keep(block) { transfer in
            transfer.targets.removeAll { $0 == node }
            return !transfer.targets.isEmpty
        }
        return true
    }

    mutating func remove(_ block: BlockID) { keep(block) { _ in false } }

    /// Drops what a lost node was to send or to get. Returns the blocks concerned, by id.
    mutating func nodeLost(_ node: DatanodeIndex) -> [BlockID] {
        let concerned = transfers.filter { $0.value.contains { $0.source == node || $0.targets.contains(node) } }
        for block in concerned.keys {
            keep(block) { transfer in
                transfer.targets.removeAll { $0 == node }
                return transfer.source != node && !transfer.targets.isEmpty
            }
        }
        return concerned.keys.sorted()
    }

    /// Drops what took too long. Returns the blocks concerned, by id.
    mutating func expire(nowMs: Int64) -> [BlockID] {
        guard nowMs >= nextDeadlineMs else { return [] }
        let late = transfers.filter { $0.value.contains { $0.deadlineMs <= nowMs } }.keys.sorted()
        for block in late { keep(block) { $0.deadlineMs > nowMs } }
        nextDeadlineMs = transfers.values.joined().map(\.deadlineMs).min() ?? Int64.max
        return late
    }

    private mutating func keep(_ block: BlockID, _ isKept: (inout Transfer) -> Bool) {
        guard let all = transfers[block] else { return }
        var kept: [Transfer] = []
        for var transfer in all {
            if isKept(&transfer) {
                kept.append(transfer)
            } else {
                sending[transfer.source, default: 1] -= 1
                if sending[transfer.source] == 0 { sending[transfer.source] = nil }
            }
        }
        transfers[block] = kept.isEmpty ? nil : kept
    }
}
