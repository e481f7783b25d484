internal import Core
internal import WireProtocol

extension BlockStore {
    /// A replica as it is reported to the namenode.
    struct Reported: Hashable, Sendable {
        var block: BlockID
        var generationStamp: GenerationStamp
        var length: UInt64
        var state: ReplicaState
    }

    /// The hash of each report bucket of one volume.
    func bucketHashes(of volume: Volume) -> [UInt64] { state.withLock { $0.hashes[Int(volume.index)] } }

    /// Every replica of a volume in the buckets given, by block id; copies under way are not worth telling. One pass over the
    /// map.
    func contents(of volume: Volume, buckets: Set<Int>) -> [Reported] {
        var found: [Reported] = state.withLock { state in
            state.replicas.compactMap { block, record in
                guard record.volume == volume.index, record.state != .temporary,
                    buckets.contains(BlockReportHash.bucket(of: block))
                else { return nil }
                return Self.reported(block, record, state)
            }
        }
        found.sort { $0.block < $1.block }
        return found
    }

    /// Replicas of a volume in each bucket.
    func bucketCounts(of volume: Volume) -> [Int] {
        var counts = [Int](repeating: 0, count: Limits.blockReportBuckets)
        state.withLock { state in
            for (block, record) in state.replicas where record.volume == volume.index {
                counts[BlockReportHash.bucket(of: block)] += 1
            }
        }
        return counts
    }

    private static func reported(_ block: BlockID, _ record: ReplicaRecord, _ state: State) -> Reported {
        let progress = state.open[block]?.progress
        return Reported(
            block: block, generationStamp: progress?.generationStamp ?? record.generationStamp,
            length: progress?.written ?? record.length, state: state.recoveries[block] == nil ? record.state : .rur)
    }
}
