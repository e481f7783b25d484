internal import Core
internal import DequeModule

/// Blocks with too few replicas, the most endangered first. A value without clock or lock.
///
/// Entries of one priority come in turn: one that cannot be served now goes behind its peers (`defer`).
struct ReplicationQueue {
    /// HDFS's order: one replica left, less than a third, some missing, none left (nothing to copy from).
    enum Priority: UInt8, CaseIterable {
        case lastReplica = 0, veryUnder, under, lost
    }

    struct Entry: Hashable {
        var priority: Priority
        /// Replicas wanted.
        var wanted: UInt16
        /// Every known replica is corrupt, as opposed to none being known.
        var isCorrupt: Bool
    }

    private var entries: [UInt64: Entry] = [:]
    /// In order of arrival; holds stale ids, which are skipped when met.
    private var order: [Deque<UInt64>] = Array(repeating: [], count: Priority.allCases.count)
    private(set) var counts = Array(repeating: 0, count: Priority.allCases.count)
    private(set) var corruptBlockCount = 0

    var count: Int { entries.count }
    var lostCount: Int { counts[Int(Priority.lost.rawValue)] }

    func entry(_ block: BlockID) -> Entry? { entries[block.rawValue] }

    static func priority(live: Int, wanted: Int) -> Priority {
        if live == 0 { return .lost }
        if live == 1 { return .lastReplica }
        return live * 3 < wanted ? .veryUnder : .under
    }

    /// Enters, moves or removes a block. `live` counts good replicas; `coming` those under way.
    mutating func update(_ block: BlockID, live: Int, coming: Int, wanted: Int, corrupt: Int) {
        guard live + coming < wanted, live < wanted else { return remove(block) }
        let entry = Entry(
            priority: Self.priority(live: live, wanted: wanted), wanted: UInt16(clamping: wanted),
            isCorrupt: live == 0 && corrupt > 0)
        let before = entries[block.rawValue]
        guard before != entry else { return }
        if let before { forget(before) }
        entries[block.rawValue] = entry
        counts[Int(entry.priority.rawValue)] += 1
        if entry.isCorrupt { corruptBlockCount += 1 }
        if before?.priority != entry.priority { order[Int(entry.priority.rawValue)].append(block.rawValue) }
    }

    mutating func remove(_ block: BlockID) {
        guard let entry = entries.removeValue(forKey: block.rawValue) else { return }
        forget(entry)
        if entries.isEmpty { order = Array(repeating: [], count: Priority.allCases.count) }
    }

    /// Takes up to `limit` blocks off the front of the priorities that can be served. The caller removes each block or gives
    /// it back with `defer`.
    mutating func next(_ limit: Int) -> [(block: BlockID, entry: Entry)] {
        var found: [(block: BlockID, entry: Entry)] = []
        for priority in [Priority.lastReplica, .veryUnder, .under] {
            let lane = Int(priority.rawValue)
            while found.count < limit, let raw = order[lane].popFirst() {
                guard let entry = entries[raw], entry.priority == priority else { continue }
                found.append((BlockID(raw), entry))
            }
        }
        return found
    }

    /// Puts a block that `next` gave out behind its peers.
    mutating func `defer`(_ block: BlockID) {
        guard let entry = entries[block.rawValue] else { return }
        order[Int(entry.priority.rawValue)].append(block.rawValue)
    }

    private mutating func forget(_ entry: Entry) {
        counts[Int(entry.priority.rawValue)] -= 1
        if entry.isCorrupt { corruptBlockCount -= 1 }
    }
}
