import Core
import Glibc
import Synchronization
import Testing
import WireProtocol

@testable import DataNode

/// A replica is final once its sync has returned, not before.
@Suite struct FinalSyncTests {
    /// Looks at the store while it syncs.
    private final class Probe: Sendable {
        let store = Mutex<BlockStore?>(nil)
        let states = Mutex<[ReplicaState?]>([])
        let failure = Mutex<HFSError?>(nil)

        func sync(_ replica: OpenReplica) throws(HFSError) {
            let state = store.withLock { $0 }?.record(replica.block)?.state
            states.withLock { $0.append(state) }
            if let failure = failure.withLock({ $0 }) { throw failure }
        }
    }

    @Test func whatCouldNotBeSyncedIsNotFinalNeitherInMemoryNorOnDisk() throws {
        let directory = TemporaryDirectory()
        let probe = Probe()
        let store = try BlockStore(
            volumes: [VolumeConfiguration(path: directory.appending("v0"))], reservedBytes: 0, syncsOnClose: false,
            clock: SystemClock(), logger: TestNode.quiet
        ) { (replica, _) throws(HFSError) in try probe.sync(replica) }
        probe.store.withLock { $0 = store }
        let owner = BriefReplicaOwner()
        let id = BlockID(4096)
        let replica = try BlockStoreTests.create(store, 4096, owner: owner)
        let data = RawClient.pattern(1000)
        try BlockStoreTests.write(replica, data, at: 0, 1000)
        let layout = store.volumes[0].layout

        probe.failure.withLock { $0 = HFSError(.noSpace, "the disk is full", subject: layout.root) }
        #expect(throws: HFSError.self) { try store.finalize(replica, isSynced: true) }
        #expect(store.record(id)?.state == .rbw)
        #expect(FileSystem.exists(layout.dataPath(id, .rbw)) && !FileSystem.exists(layout.dataPath(id, .finalized)))
        #expect(store.bucketHashes(of: store.volumes[0]).allSatisfy { $0 == 0 })
        // A kill now leaves a replica to be recovered, with all its bytes.
        let found = try #require(try TestNode.openStore(try directory.copy()).record(id))
        #expect(found.state == .rwr && found.length == 1000)

        probe.failure.withLock { $0 = nil }
        #expect(try store.finalize(replica, isSynced: true).state == .finalized)
        #expect(probe.states.withLock { $0 } == [.rbw, .rbw])
        #expect(store.record(id)?.state == .finalized)
        let again = try store.open(id, GenerationStamp(1001), end: 1000)
        #expect(again.state == .finalized && again.length == 1000)
    }

    @Test func aReplicaOfWhichOneNameCouldNotBeGivenLiesWhereItWas() throws {
        let directory = TemporaryDirectory()
        let store = try TestNode.openStore(directory)
        let owner = BriefReplicaOwner()
        let id = BlockID(4096)
        let replica = try BlockStoreTests.create(store, 4096, owner: owner)
        try BlockStoreTests.write(replica, RawClient.pattern(1000), at: 0, 1000)
        let layout = store.volumes[0].layout
        // A directory with something in it in the place of the data: the checksums get their name, the data cannot.
        let final = layout.dataPath(id, .finalized)
        try FileSystem.makeDirectories(final + "/in-the-way")

        let error = #expect(throws: HFSError.self) { try store.finalize(replica, isSynced: false) }
        #expect(error?.subject == layout.dataPath(id, .rbw))
        for state in [ReplicaState.rbw, .finalized] {
            #expect(
                FileSystem.exists(layout.sumsPath(id, replica.progress.generationStamp, state)) == (state == .rbw))
        }
        // The volume is taken for failed. One that works again has the replica to be recovered, with all its bytes.
        #expect(store.record(id) == nil)
        #expect(rmdir(final + "/in-the-way") == 0 && rmdir(final) == 0)
        let found = try #require(try TestNode.openStore(try directory.copy()).record(id))
        #expect(found.state == .rwr && found.length == 1000)
    }
}
