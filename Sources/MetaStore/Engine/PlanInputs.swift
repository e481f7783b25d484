package import Core

/// What a plan uses and is not metadata, chosen before it runs, so that the plan itself is a pure function.
package struct PlanInputs: Sendable {
    /// Wall clock, for timestamps.
    package let nowMs: Int64
    package var ids: IDRange

    package init(nowMs: Int64, ids: IDRange) {
        self.nowMs = nowMs
        self.ids = ids
    }
}

/// The next unused ids. Taking one advances the range; the engine makes the advance durable before any reply names the id.
package struct IDRange: Hashable, Sendable {
    package var inodeSequence: UInt64
    package var blockSequence: UInt64
    package var generationStamp: UInt64
    /// Where the next directory is born; a file is born in its parent's shard.
    package var directoryShard: UInt8

    package init(inodeSequence: UInt64, blockSequence: UInt64, generationStamp: UInt64, directoryShard: UInt8) {
        self.inodeSequence = inodeSequence
        self.blockSequence = blockSequence
        self.generationStamp = generationStamp
        self.directoryShard = directoryShard
    }

    /// What a new namespace starts from: HDFS's numbers (root 16385, first block above 2^30, first stamp 1001).
    package static let initial = IDRange(
        inodeSequence: 65, blockSequence: (1 << 18) + 1, generationStamp: 1001, directoryShard: 2)

    package mutating func takeFile(in parent: InodeID) -> InodeID {
        defer { inodeSequence += 1 }
        return InodeID(sequence: inodeSequence, shard: parent.shard)
    }

    package mutating func takeDirectory() -> InodeID {
        defer {
            inodeSequence += 1
            directoryShard &+= 1
        }
        return InodeID(sequence: inodeSequence, shard: VirtualShard(directoryShard))
    }

    /// Runs share the inodes' sequence and lie in shard 0, so that a later run has a larger id.
    package mutating func takeRun() -> RunID {
        defer { inodeSequence += 1 }
        return RunID(InodeID(sequence: inodeSequence, shard: VirtualShard(0)).rawValue)
    }

    package mutating func takeBlock(of file: InodeID) -> BlockID {
        defer { blockSequence += 1 }
        return BlockID(sequence: blockSequence, shard: file.shard)
    }

    package mutating func takeGenerationStamp() -> GenerationStamp {
        defer { generationStamp += 1 }
        return GenerationStamp(generationStamp)
    }
}
