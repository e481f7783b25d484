internal import Core
internal import WireProtocol

/// Which storage holds which replica: soft state, rebuilt from reports after every start.
///
/// A pool of 40-byte records in pages, chained by block and by (storage, bucket); a million blocks with three replicas take
/// about 150 MB. Keeps for every storage the hash of each report bucket (`BlockReportHash`) up to date. A value type without
/// clock or lock; changes are constant time in the number of replicas of one block.
struct ReplicaMap {
    private static let pageBits: UInt32 = 14
    private static let pageMask: UInt32 = (1 << pageBits) - 1

    private struct StorageChains {
        var heads: [UInt32]
        var hashes: [UInt64]
        var count = 0

        init() {
            heads = Array(repeating: Replica.none, count: Limits.blockReportBuckets)
            hashes = Array(repeating: 0, count: Limits.blockReportBuckets)
        }
    }

    private var pages: [[Replica]] = []
    private var allocated: UInt32 = 0
    private var firstFree = Replica.none
    private var heads: [UInt64: UInt32] = [:]
    private var storages: [StorageChains?] = []

    private(set) var replicaCount = 0
    /// Replicas waiting for their deletion.
    private(set) var invalidatingCount = 0
    private(set) var corruptCount = 0
    private(set) var quarantinedCount = 0

    var blockCount: Int { heads.count }

    // MARK: Storages

    /// Takes a free number for a storage; nil when all 65,535 are in use.
    mutating func addStorage() -> StorageIndex? {
        if let free = storages.firstIndex(where: { $0 == nil }) {
            storages[free] = StorageChains()
            return StorageIndex(UInt16(free))
        }
        guard storages.count < Int(UInt16.max) else { return nil }
        storages.append(StorageChains())
        return StorageIndex(UInt16(storages.count - 1))
    }

    /// Forgets an empty storage.
    mutating func removeStorage(_ storage: StorageIndex) {
        precondition(count(in: storage) == 0, "storage still holds replicas")
        storages[Int(storage.rawValue)] = nil
    }

    func count(in storage: StorageIndex) -> Int { storages[Int(storage.rawValue)]?.count ?? 0 }
    func hashes(of storage: StorageIndex) -> [UInt64] { storages[Int(storage.rawValue)]?.hashes ?? [] }

    /// The buckets whose hash differs from `reported`; a report of the wrong size differs in all.
    func differingBuckets(_ storage: StorageIndex, reported: [UInt64]) -> [Int] {
        let known = hashes(of: storage)
        guard reported.count == known.count else { return Array(0..<Limits.blockReportBuckets) }
        return known.indices.filter { known[$0] != reported[$0] }
    }

    /// The blocks of one bucket of a storage, in no promised order.
    func blocks(in storage: StorageIndex, bucket: Int) -> [BlockID] {
        var found: [BlockID] = []
        var slot = storages[Int(storage.rawValue)]?.heads[bucket] ?? Replica.none
        while slot != Replica.none {
            let replica = self[slot]
            found.append(replica.blockID)
            slot = replica.nextInBucket
        }
        return found
    }

    // MARK: Replicas

    func replica(of block: BlockID, on storage: StorageIndex) -> Replica? {
        let slot = slot(of: block, on: storage)
        return slot == Replica.none ? nil : self[slot]
    }

    func replicas(of block: BlockID) -> [Replica] {
        var found: [Replica] = []
        forEach(of: block) { found.append($0) }
        return found
    }

    func forEach(of block: BlockID, _ body: (borrowing Replica) -> Void) {
        var slot = heads[block.rawValue] ?? Replica.none
        while slot != Replica.none {
            body(self[slot])
            slot = self[slot].nextOfBlock
        }
    }

    enum Change { case added, changed, same }

    /// Stores what a datanode said. A change of stamp, length or state clears `corrupt`, which was said of the old replica.
    @discardableResult
    mutating func put(
        _ block: BlockID, on storage: StorageIndex, stamp: GenerationStamp, length: UInt64, state: ReplicaState
    ) -> Change {
        let known = slot(of: block, on: storage)
        if known != Replica.none {
            var replica = self[known]
            if replica.stamp == stamp.rawValue, replica.length == length, replica.state == state { return .same }
            count(replica, -1)
            replica.stamp = stamp.rawValue
            replica.length = length
            replica.state = state
            replica.flags.subtract([.corrupt, .claimed])
            count(replica, 1)
            self[known] = replica
            return .changed
        }
        insert(Replica(block: block.rawValue, stamp: stamp.rawValue, length: length, storage: storage, state: state))
        return .added
    }

    mutating func setFlags(_ flags: ReplicaFlags, of block: BlockID, on storage: StorageIndex) {
        let known = slot(of: block, on: storage)
        guard known != Replica.none else { return }
        var replica = self[known]
        count(replica, -1)
        replica.flags = flags
        count(replica, 1)
        self[known] = replica
    }

    /// Returns what was removed.
    @discardableResult
    mutating func remove(_ block: BlockID, from storage: StorageIndex) -> Replica? {
        var previous = Replica.none
        var slot = heads[block.rawValue] ?? Replica.none
        while slot != Replica.none, self[slot].storage != storage {
            previous = slot
            slot = self[slot].nextOfBlock
        }
        guard slot != Replica.none else { return nil }
        let replica = self[slot]
        if previous != Replica.none {
            self[previous].nextOfBlock = replica.nextOfBlock
        } else if replica.nextOfBlock != Replica.none {
            heads[block.rawValue] = replica.nextOfBlock
        } else {
            heads[block.rawValue] = nil
        }
        unlinkFromBucket(replica)
        count(replica, -1)
        self[slot].nextOfBlock = firstFree
        firstFree = slot
        return replica
    }

    // MARK: Pool

    private subscript(_ slot: UInt32) -> Replica {
        get { pages[Int(slot >> Self.pageBits)][Int(slot & Self.pageMask)] }
        _modify { yield &pages[Int(slot >> Self.pageBits)][Int(slot & Self.pageMask)] }
    }

    private func slot(of block: BlockID, on storage: StorageIndex) -> UInt32 {
        var slot = heads[block.rawValue] ?? Replica.none
        while slot != Replica.none, self[slot].storage != storage { slot = self[slot].nextOfBlock }
        return slot
    }

    private mutating func insert(_ replica: Replica) {
        var replica = replica
        let bucket = BlockReportHash.bucket(of: replica.blockID)
        let first = storages[Int(replica.storage.rawValue)]?.heads[bucket] ?? Replica.none
        replica.nextOfBlock = heads[replica.block] ?? Replica.none
        replica.nextInBucket = first
        let slot = take(replica)
        if first != Replica.none { self[first].previousInBucket = slot }
        storages[Int(replica.storage.rawValue)]?.heads[bucket] = slot
        heads[replica.block] = slot
        count(replica, 1)
    }

    private mutating func take(_ replica: Replica) -> UInt32 {
        if firstFree != Replica.none {
            let slot = firstFree
            firstFree = self[slot].nextOfBlock
            self[slot] = replica
            return slot
        }
        let slot = allocated
        if slot & Self.pageMask == 0 {
            var page: [Replica] = []
            page.reserveCapacity(1 << Int(Self.pageBits))
            pages.append(page)
        }
        pages[Int(slot >> Self.pageBits)].append(replica)
        allocated += 1
        return slot
    }

    private mutating func unlinkFromBucket(_ replica: Replica) {
        if replica.previousInBucket != Replica.none {
            self[replica.previousInBucket].nextInBucket = replica.nextInBucket
        } else {
            let bucket = BlockReportHash.bucket(of: replica.blockID)
            storages[Int(replica.storage.rawValue)]?.heads[bucket] = replica.nextInBucket
        }
        if replica.nextInBucket != Replica.none {
            self[replica.nextInBucket].previousInBucket = replica.previousInBucket
        }
    }

    /// Adds (`sign` 1) or takes away (-1) a replica in the counts and in its bucket's hash.
    private mutating func count(_ replica: Replica, _ sign: Int) {
        replicaCount += sign
        storages[Int(replica.storage.rawValue)]?.count += sign
        if replica.flags.contains(.invalidating) { invalidatingCount += sign }
        if replica.flags.contains(.corrupt) { corruptCount += sign }
        if replica.flags.contains(.quarantined) { quarantinedCount += sign }
        guard replica.state == .finalized else { return }
        let bucket = BlockReportHash.bucket(of: replica.blockID)
        let hash = BlockReportHash.contribution(replica.blockID, replica.generationStamp, length: replica.length)
        if sign > 0 {
            storages[Int(replica.storage.rawValue)]?.hashes[bucket] &+= hash
        } else {
            storages[Int(replica.storage.rawValue)]?.hashes[bucket] &-= hash
        }
    }
}
