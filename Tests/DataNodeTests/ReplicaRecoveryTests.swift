import Core
import Testing

@testable import DataNode

/// Recoveries whose primary is gone half way.
@Suite struct ReplicaRecoveryTests {
    private let block = BlockID(4096)
    private let original = GenerationStamp(1001)
    private let data = RawClient.pattern(1000)

    /// A store with one replica of 1,000 bytes, whose writer is gone.
    private func store(_ directory: TemporaryDirectory, volumes: Int = 1) throws -> BlockStore {
        let store = try TestNode.openStore(directory, volumes: volumes)
        let owner = BriefReplicaOwner()
        let replica = try BlockStoreTests.create(store, block.rawValue, owner: owner)
        try BlockStoreTests.write(replica, data, at: 0, 1000)
        store.release(block, owner)
        return store
    }

    private func marks(_ store: BlockStore) -> Int { store.state.withLock { $0.recoveries.count } }

    @Test func anAbandonedRecoveryKeepsOutOnlyTheOldWriterAndOlderRecoveries() throws {
        let directory = TemporaryDirectory()
        let store = try store(directory)
        _ = try store.beginRecovery(block, original, recoveryID: GenerationStamp(1005))
        // Readers go on.
        #expect(try store.visibleLength(block, original) == 1000)
        #expect(try ChunkReader(store.open(block, original)).read(from: 0, to: 1000) == data)
        #expect(throws: HFSError.self) {
            try store.recoverForStreaming(
                block, original, newStamp: GenerationStamp(1002), lengths: 0...1000, owner: BriefReplicaOwner())
        }
        // A newer one takes its place.
        _ = try store.beginRecovery(block, original, recoveryID: GenerationStamp(1006))
        #expect(throws: HFSError.self) {
            try store.finishRecovery(block, recoveryID: GenerationStamp(1005), length: 1000)
        }
        let record = try store.finishRecovery(block, recoveryID: GenerationStamp(1006), length: 1000)
        #expect(record.state == .finalized && record.generationStamp == GenerationStamp(1006))
        #expect(marks(store) == 0)
        #expect(try ChunkReader(store.open(block, GenerationStamp(1006))).read(from: 0, to: 1000) == data)
    }

    @Test func theMarkGoesWithTheReplicaWhicheverWayThatGoes() throws {
        let directory = TemporaryDirectory()
        let store = try store(directory, volumes: 2)
        let owner = BriefReplicaOwner()
        for id in [8192, 12288, 16384] as [UInt64] {
            let replica = try BlockStoreTests.create(store, id, owner: owner)
            try BlockStoreTests.write(replica, data, at: 0, 1000)
            store.release(BlockID(id), owner)
        }
        for id in [4096, 8192, 12288, 16384] as [UInt64] {
            _ = try store.beginRecovery(BlockID(id), original, recoveryID: GenerationStamp(1005))
        }
        #expect(marks(store) == 4)
        #expect(try store.delete(block)?.generationStamp == original)
        #expect(marks(store) == 3)
        let failing = try store.volume(#require(store.record(BlockID(8192))))
        store.noteFailure(HFSError(.io, "read failed", subject: failing.layout.rbw), of: failing)
        #expect(marks(store) == store.replicaCount)
        for id in [12288, 16384] as [UInt64] where store.record(BlockID(id)) != nil {
            _ = try store.finishRecovery(BlockID(id), recoveryID: GenerationStamp(1005), length: 1000)
        }
        #expect(marks(store) == 0)
    }

    @Test func theNextPrimaryGoesOnWithAReplicaThatTheOneBeforeFinished() throws {
        let directory = TemporaryDirectory()
        let before = try store(directory)
        let recovery = GenerationStamp(1005)
        _ = try before.beginRecovery(block, original, recoveryID: recovery)
        _ = try before.finishRecovery(block, recoveryID: recovery, length: 900)
        let copy = try directory.copy()
        // With or without a restart of the datanode in between.
        for store in [before, try TestNode.openStore(copy)] {
            let state = try store.beginRecovery(block, original, recoveryID: recovery)
            #expect(state == BlockStore.RecoveryState(state: .finalized, generationStamp: recovery, length: 900))
            #expect(marks(store) == 0)
            #expect(throws: HFSError.self) {
                try store.beginRecovery(block, original, recoveryID: GenerationStamp(1004))
            }
            #expect(throws: HFSError.self) { try store.finishRecovery(block, recoveryID: recovery, length: 800) }
            #expect(try store.finishRecovery(block, recoveryID: recovery, length: 900).length == 900)
            #expect(try ChunkReader(store.open(block, recovery)).read(from: 0, to: 900) == Array(data[..<900]))
        }
    }

    @Test func aReplicaStoppedBetweenItsNewStampAndItsFinalizationIsFinished() throws {
        let directory = TemporaryDirectory()
        let recovery = GenerationStamp(1005)
        let copy: TemporaryDirectory
        do {
            let store = try store(directory)
            let layout = store.volumes[0].layout
            copy = try directory.copy()
            let there = VolumeLayout(root: copy.appending("v0"))
            #expect(layout.root != there.root)
            try FileSystem.rename(
                there.sumsPath(block, original, .rbw), to: there.sumsPath(block, recovery, .rbw))
        }
        let store = try TestNode.openStore(copy)
        let state = try store.beginRecovery(block, original, recoveryID: recovery)
        #expect(state == BlockStore.RecoveryState(state: .rwr, generationStamp: recovery, length: 1000))
        #expect(try store.finishRecovery(block, recoveryID: recovery, length: 1000).state == .finalized)
        #expect(marks(store) == 0)
    }
}
