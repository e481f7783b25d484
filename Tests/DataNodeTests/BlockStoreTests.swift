import Core
import Foundation
import Glibc
import Testing
import WireProtocol

@testable import DataNode

@Suite struct BlockStoreTests {
    static func write(_ replica: OpenReplica, _ data: [UInt8], at offset: Int, _ count: Int) throws {
        let part = Array(data[offset..<offset + count])
        var sums: [UInt8] = []
        for start in stride(from: 0, to: count, by: 512) {
            sums += ChecksumFormat.bytes(CRC32C.checksum(Array(part[start..<min(start + 512, count)])))
        }
        try part.withUnsafeBytes { data in
            try sums.withUnsafeBytes { try replica.write(data, at: UInt64(offset), sums: $0, isVerified: true) }
        }
        replica.acknowledge(UInt64(offset + count))
    }

    static func create(_ store: BlockStore, _ id: UInt64, owner: any ReplicaOwner, isTemporary: Bool = false) throws
        -> OpenReplica
    {
        try store.create(
            BlockID(id), GenerationStamp(1001), expectedBytes: 0, isTemporary: isTemporary, format: .standard,
            owner: owner)
    }

    /// Random writes, finalizes, deletes and recoveries; now and then the files are copied as a kill would leave them, and
    /// the copy must hold every finalized replica and at least the acknowledged bytes of the others.
    @Test(arguments: 0..<12)
    func aKillAtAnyTimeLosesNothingAcknowledged(seed: UInt64) throws {
        var random = SeededGenerator(seed)
        let directory = TemporaryDirectory()
        let store = try TestNode.openStore(directory, volumes: 1 + Int(seed % 3))
        let owner = BriefReplicaOwner()
        var open: [UInt64: OpenReplica] = [:]
        var final: [UInt64: [UInt8]] = [:]
        func data(_ id: UInt64) -> [UInt8] { RawClient.pattern(40_000, seed: id) }
        for step in 0..<120 {
            switch Int.random(in: 0..<10, using: &random) {
            case 0, 1:
                let id = UInt64(step + 1) << 12
                open[id] = try Self.create(store, id, owner: owner)
            case 2...6:
                guard let id = open.keys.sorted().randomElement(using: &random), let replica = open[id] else {
                    continue
                }
                let written = Int(replica.progress.written)
                let start = Bool.random(using: &random) ? written / 512 * 512 : written
                let limit = start % 512 == 0 ? 9_000 : 512 - start % 512
                let count = min(max(written - start, Int.random(in: 0...limit, using: &random)), 40_000 - start)
                if count > 0 { try Self.write(replica, data(id), at: start, count) }
            case 7:
                guard let id = open.keys.sorted().randomElement(using: &random),
                    let replica = open.removeValue(forKey: id)
                else { continue }
                let record = try store.finalize(replica, isSynced: Bool.random(using: &random))
                store.release(BlockID(id), owner)
                final[id] = Array(data(id)[..<Int(record.length)])
            case 8:
                guard let id = final.keys.sorted().randomElement(using: &random) else { continue }
                _ = try store.delete(BlockID(id))
                final[id] = nil
            default:
                let copy = try directory.copy()
                let reopened = try TestNode.openStore(copy, volumes: store.volumes.count)
                for (id, bytes) in final {
                    let record = try #require(reopened.record(BlockID(id)))
                    #expect(
                        record.state == .finalized && record.length == UInt64(bytes.count), "seed \(seed) step \(step)")
                    let replica = try reopened.open(BlockID(id), GenerationStamp(1001))
                    #expect(try ChunkReader(replica).read(from: 0, to: replica.length) == bytes)
                }
                for (id, replica) in open {
                    let record = try #require(reopened.record(BlockID(id)))
                    #expect(record.state == .rwr)
                    #expect(record.length == replica.progress.written, "seed \(seed) step \(step) block \(id)")
                }
                for index in store.volumes.indices {
                    #expect(
                        reopened.bucketHashes(of: reopened.volumes[index])
                            == store.bucketHashes(of: store.volumes[index]))
                    #expect(reopened.volumes[index].space.report().used == store.volumes[index].space.report().used)
                }
            }
        }
    }

    @Test func aDamagedTailIsCutToWhatTheChecksumsProve() throws {
        let directory = TemporaryDirectory()
        let data = RawClient.pattern(2000)
        do {
            let store = try TestNode.openStore(directory)
            let owner = BriefReplicaOwner()
            let replica = try Self.create(store, 4096, owner: owner)
            try Self.write(replica, data, at: 0, 1600)
            // Killed between the data and its checksum: bytes without a checksum, in the middle of a chunk.
            try replica.data.write(Array(data[1600...]), at: 1600)
            let other = try Self.create(store, 8192, owner: owner)
            try Self.write(other, data, at: 0, 2000)
            try other.data.write([0xaa], at: 700)
            _ = try Self.create(store, 12288, owner: owner)
            _ = try Self.create(store, 16384, owner: owner, isTemporary: true)
        }
        let copy = try directory.copy()
        let store = try TestNode.openStore(copy)
        #expect(store.record(BlockID(4096))?.length == 1600)
        #expect(store.record(BlockID(8192))?.length == 512)
        #expect(store.record(BlockID(12288))?.length == 0)
        #expect(store.record(BlockID(16384)) == nil)
        // A replica that waits for recovery is recovered to any length that it has.
        let state = try store.beginRecovery(BlockID(4096), GenerationStamp(1001), recoveryID: GenerationStamp(1002))
        #expect(state == BlockStore.RecoveryState(state: .rwr, generationStamp: GenerationStamp(1001), length: 1600))
        _ = try store.finishRecovery(BlockID(4096), recoveryID: GenerationStamp(1002), length: 1500)
        let replica = try store.open(BlockID(4096), GenerationStamp(1002))
        #expect(try ChunkReader(replica).read(from: 0, to: 1500) == Array(data[..<1500]))
        let again = try store.finishRecovery(BlockID(4096), recoveryID: GenerationStamp(1002), length: 1500)
        #expect(again.state == .finalized)
    }

    @Test func recoveryStopsTheWriterAndRefusesAnOlderOne() throws {
        let directory = TemporaryDirectory()
        let store = try TestNode.openStore(directory)
        let node = BriefReplicaOwner()
        let replica = try Self.create(store, 4096, owner: node)
        try Self.write(replica, RawClient.pattern(1000), at: 0, 1000)
        store.release(BlockID(4096), node)
        let begun = try store.beginRecovery(BlockID(4096), GenerationStamp(1001), recoveryID: GenerationStamp(1005))
        #expect(begun?.state == .rbw)
        #expect(throws: HFSError.self) {
            try store.beginRecovery(BlockID(4096), GenerationStamp(1001), recoveryID: GenerationStamp(1004))
        }
        #expect(throws: HFSError.self) {
            try store.recoverForStreaming(
                BlockID(4096), GenerationStamp(1001), newStamp: GenerationStamp(1006), lengths: 0...1000, owner: node)
        }
        #expect(throws: HFSError.self) {
            try store.finishRecovery(BlockID(4096), recoveryID: GenerationStamp(1004), length: 1000)
        }
        #expect(
            try store.beginRecovery(BlockID(4096), GenerationStamp(1001), recoveryID: GenerationStamp(1005)) == begun)
        #expect(try store.finishRecovery(BlockID(4096), recoveryID: GenerationStamp(1005), length: 1000).length == 1000)
        #expect(try store.beginRecovery(BlockID(77), GenerationStamp(1), recoveryID: GenerationStamp(2)) == nil)
    }

    @Test func aDeletionSparesAReplicaThatTookANewStampMeanwhile() throws {
        let directory = TemporaryDirectory()
        let store = try TestNode.openStore(directory)
        let id = BlockID(4096)
        let owner = RestampingOwner(store, id, GenerationStamp(1005))
        let replica = try Self.create(store, 4096, owner: owner)
        try Self.write(replica, RawClient.pattern(1000), at: 0, 1000)
        // Asked to let go, the owner finishes a recovery first.
        #expect(try store.delete(id, atMost: GenerationStamp(1001)) == nil)
        #expect(store.record(id)?.generationStamp == GenerationStamp(1005))
        #expect(FileSystem.exists(store.volumes[0].layout.dataPath(id, .finalized)))
        #expect(try store.delete(id, atMost: GenerationStamp(1005)) != nil)
        #expect(!FileSystem.exists(store.volumes[0].layout.dataPath(id, .finalized)))
    }

    @Test func aCopyThatIsWrittenOnIsSyncedWhereItLies() throws {
        let directory = TemporaryDirectory()
        let store = try TestNode.openStore(directory)
        let owner = BriefReplicaOwner()
        let replica = try Self.create(store, 4096, owner: owner, isTemporary: true)
        try Self.write(replica, RawClient.pattern(1000), at: 0, 1000)
        try store.sync(replica)
        #expect(replica.progress.isNameDurable)
        try store.convertToRBW(replica)
        #expect(!replica.progress.isNameDurable)
        // Syncing the folder that it was opened in could not work any more.
        try FileManager.default.removeItem(atPath: store.volumes[0].layout.temporary)
        try store.sync(replica)
        #expect(replica.progress.isNameDurable)
    }

    @Test func aFinalizedReplicaStaysFinalizedWhateverIsAskedOfIt() throws {
        let directory = TemporaryDirectory()
        let store = try TestNode.openStore(directory)
        let id = BlockID(4096)
        let owner = BriefReplicaOwner()
        let replica = try Self.create(store, 4096, owner: owner)
        try Self.write(replica, RawClient.pattern(1000), at: 0, 1000)
        try store.finalize(replica, isSynced: false)
        store.release(id, owner)
        let data = try OpenFile.open(store.volumes[0].layout.dataPath(id, .finalized), O_RDONLY)
        for (stamp, new, length) in [(1001, 1002, 999), (1000, 1000, 1000), (1002, 1003, 1000)]
            as [(UInt64, UInt64, UInt64)]
        {
            #expect(throws: HFSError.self) {
                try store.recoverForClose(id, GenerationStamp(stamp), newStamp: GenerationStamp(new), length: length)
            }
        }
        let closed = try store.recoverForClose(id, GenerationStamp(1001), newStamp: GenerationStamp(1002), length: 1000)
        #expect(closed.state == .finalized && closed.generationStamp == GenerationStamp(1002))
        _ = try store.beginRecovery(id, GenerationStamp(1002), recoveryID: GenerationStamp(1003))
        let recovered = try store.finishRecovery(id, recoveryID: GenerationStamp(1003), length: 1000)
        #expect(recovered.state == .finalized && recovered.generationStamp == GenerationStamp(1003))
        #expect(try data.size() == 1000)
        let reopened = try TestNode.openStore(try directory.copy())
        #expect(reopened.record(id)?.state == .finalized)
        #expect(reopened.record(id)?.generationStamp == GenerationStamp(1003))
        #expect(reopened.bucketHashes(of: reopened.volumes[0]) == store.bucketHashes(of: store.volumes[0]))
        let readable = try store.open(id, GenerationStamp(1003))
        #expect(try ChunkReader(readable).read(from: 0, to: 1000) == RawClient.pattern(1000))
    }

    @Test func aNodeWithAFailedVolumeDoesNotSayThatAReplicaIsNowhere() throws {
        let directory = TemporaryDirectory()
        let store = try TestNode.openStore(directory, volumes: 2)
        store.noteFailure(HFSError(.io, "read failed", subject: store.volumes[0].layout.rbw), of: store.volumes[0])
        #expect(throws: HFSError.self) {
            try store.beginRecovery(BlockID(77), GenerationStamp(1), recoveryID: GenerationStamp(2))
        }
    }

    @Test func aSecondDatanodeOnTheSameVolumeIsRefused() throws {
        let directory = TemporaryDirectory()
        let store = try TestNode.openStore(directory)
        let error = #expect(throws: HFSError.self) { try TestNode.openStore(directory) }
        #expect(error?.code == .lockHeld)
        #expect(store.replicaCount == 0)
    }

    @Test func volumesOfANewerLayoutOrAnotherClusterAreRefused() throws {
        let directory = TemporaryDirectory()
        do {
            let store = try TestNode.openStore(directory)
            try store.bind(clusterID: "CID-1", poolID: "BP-1")
            let error = #expect(throws: HFSError.self) { try store.bind(clusterID: "CID-2", poolID: "BP-1") }
            #expect(error?.code == .wrongCluster)
        }
        let version = directory.appending("v0/VERSION")
        let text = try String(contentsOfFile: version, encoding: .utf8)
        #expect(text.contains("clusterID=CID-1") && text.contains("blockpoolID=BP-1"))
        try text.replacingOccurrences(of: "layoutVersion=1", with: "layoutVersion=2").write(
            toFile: version, atomically: true, encoding: .utf8)
        let newer = #expect(throws: HFSError.self) { try TestNode.openStore(directory) }
        #expect(newer?.code == .incompatibleLayout)
        try "rubbish".write(toFile: version, atomically: true, encoding: .utf8)
        let damaged = #expect(throws: HFSError.self) { try TestNode.openStore(directory) }
        #expect(damaged?.code == .corruptMetadata)
        #expect("\(damaged!)".contains("VERSION"))
    }

    @Test func aVolumeOfAnotherDatanodeIsRefused() throws {
        let directory = TemporaryDirectory()
        do { _ = try TestNode.openStore(directory) }
        let other = TemporaryDirectory()
        do { _ = try TestNode.openStore(other) }
        try FileManager.default.moveItem(atPath: other.appending("v0"), toPath: directory.appending("v1"))
        let error = #expect(throws: HFSError.self) { try TestNode.openStore(directory, volumes: 2) }
        #expect(error?.code == .wrongCluster)
    }

    @Test func volumesAreFilledInTurnAndFullOnesLeftOut() throws {
        let directory = TemporaryDirectory()
        let store = try TestNode.openStore(directory, volumes: 3, limitBytes: 200_000)
        let owner = BriefReplicaOwner()
        var used: Set<UInt16> = []
        for index in 1...3 {
            let replica = try Self.create(store, UInt64(index) << 12, owner: owner)
            used.insert(replica.volume.index)
        }
        #expect(used.count == 3)
        let big = try Self.create(store, 1 << 20, owner: owner)
        try Self.write(big, RawClient.pattern(150_000), at: 0, 150_000)
        for index in 10..<20 {
            #expect(try Self.create(store, UInt64(index) << 12, owner: owner).volume.index != big.volume.index)
        }
        let error = #expect(throws: HFSError.self) {
            try Self.write(big, RawClient.pattern(300_000), at: 149_504, 100_000)
        }
        #expect(error?.code == .noSpace)
        #expect(big.progress.written == 150_000)
    }

    @Test func aFailedVolumeTakesItsReplicasOutAndTheOthersStay() throws {
        let directory = TemporaryDirectory()
        let store = try TestNode.openStore(directory, volumes: 2)
        let owner = BriefReplicaOwner()
        for index in 1...10 {
            try store.finalize(try Self.create(store, UInt64(index) << 12, owner: owner), isSynced: false)
            store.release(BlockID(UInt64(index) << 12), owner)
        }
        store.noteFailure(HFSError(.io, "a peer's failure"), of: store.volumes[0])
        #expect(store.replicaCount == 10)
        store.noteFailure(HFSError(.io, "read failed", subject: store.volumes[0].layout.rbw), of: store.volumes[0])
        #expect(store.replicaCount == 5)
        #expect(store.storageStates().map(\.failed) == [true, false])
        #expect(store.bucketHashes(of: store.volumes[0]).allSatisfy { $0 == 0 })
        #expect(try Self.create(store, 1 << 20, owner: owner).volume.index == 1)
    }

    @Test func theMapOfAMillionReplicasStaysBelow300MiB() throws {
        let directory = TemporaryDirectory()
        let store = try TestNode.openStore(directory)
        let before = residentBytes()
        store.state.withLock { state in
            for index in 0..<1_000_000 as Range<UInt64> {
                store.set(
                    ReplicaRecord(
                        generationStamp: GenerationStamp(1001), length: 1 << 27, state: .finalized, volume: 0),
                    BlockID(index << 12), &state)
            }
        }
        let used = residentBytes() - before
        #expect(store.replicaCount == 1_000_000)
        #expect(used < 300 << 20, "\(used >> 20) MiB")
    }

    private func residentBytes() -> Int {
        let text = (try? String(contentsOfFile: "/proc/self/statm", encoding: .utf8)) ?? ""
        return (text.split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 0) * 4096
    }
}

/// An owner that, asked to let go, first finalizes its replica under a new stamp as a recovery does.
private final class RestampingOwner: ReplicaOwner {
    private let store: BlockStore
    private let block: BlockID
    private let stamp: GenerationStamp

    init(_ store: BlockStore, _ block: BlockID, _ stamp: GenerationStamp) {
        self.store = store
        self.block = block
        self.stamp = stamp
    }

    func stopOwning() {
        guard let replica = store.state.withLock({ $0.open[block] }) else { return }
        store.release(block, self)
        do {
            _ = try store.recoverForClose(
                block, GenerationStamp(1001), newStamp: stamp, length: replica.progress.written)
        } catch { Issue.record(error) }
    }
}

/// SplitMix64: the same numbers for the same seed.
struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64

    init(_ seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ z >> 30) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ z >> 27) &* 0x94D0_49BB_1331_11EB
        return z ^ z >> 31
    }
}
