internal import Core
internal import DequeModule

/// Blocks to be judged against their rows, each once however often something happened to it. First in, first out.
struct EvaluationQueue {
    private var order: Deque<BlockID> = []
    private var waiting: Set<BlockID> = []

    var isEmpty: Bool { order.isEmpty }
    var count: Int { order.count }

    mutating func insert(_ block: BlockID) {
        if waiting.insert(block).inserted { order.append(block) }
    }

    mutating func next(_ limit: Int) -> [BlockID] {
        let batch = Array(order.prefix(limit))
        order.removeFirst(batch.count)
        for block in batch { waiting.remove(block) }
        return batch
    }
}
