import Core
import Testing

@testable import DataNode

/// Finalized replicas as a power cut may leave them.
@Suite struct FinalizedScanTests {
    private let block = BlockID(4096)
    private let stamp = GenerationStamp(1001)
    private let data = RawClient.pattern(10_000)

    /// A volume with one finalized replica, its files handed to `damage`, opened again.
    private func reopened(
        isSynced: Bool = false, _ damage: (_ data: OpenFile, _ sums: OpenFile) throws -> Void
    ) throws -> (store: BlockStore, directory: TemporaryDirectory) {
        let directory = TemporaryDirectory()
        do {
            let store = try TestNode.openStore(directory)
            let owner = BriefReplicaOwner()
            let replica = try BlockStoreTests.create(store, block.rawValue, owner: owner)
            try BlockStoreTests.write(replica, data, at: 0, 10_000)
            try store.finalize(replica, isSynced: isSynced)
            try damage(replica.data, replica.sums)
        }
        let copy = try directory.copy()
        return (try TestNode.openStore(copy), copy)
    }

    @Test(arguments: [false, true]) func aWholeReplicaIsFinalized(isSynced: Bool) throws {
        let (store, directory) = try reopened(isSynced: isSynced) { _, _ in }
        defer { withExtendedLifetime(directory) {} }
        #expect(store.record(block)?.state == .finalized)
        #expect(try ChunkReader(store.open(block, stamp)).read(from: 0, to: 10_000) == data)
        // Its folder was made together with the siblings.
        let folder = store.volumes[0].layout.finalizedFolder(block)
        let parent = try #require(folder.lastIndex(of: "/").map { String(folder[..<$0]) })
        #expect(Set(try FileSystem.names(in: parent)) == Set(VolumeLayout.leafNames))
    }

    @Test func aReplicaThatLostAPartOfItsBytesIsNotServedButRecovered() throws {
        let (store, directory) = try reopened { data, _ in try data.truncate(to: 8192) }
        defer { withExtendedLifetime(directory) {} }
        #expect(store.record(block)?.state == .rwr)
        #expect(store.record(block)?.length == 8192)
        let recovery = GenerationStamp(1002)
        #expect(try store.beginRecovery(block, stamp, recoveryID: recovery)?.length == 8192)
        _ = try store.finishRecovery(block, recoveryID: recovery, length: 8192)
        #expect(try ChunkReader(store.open(block, recovery)).read(from: 0, to: 8192) == Array(data[..<8192]))
    }

    @Test func bytesWithoutAChecksumAreNoPartOfAReplica() throws {
        let (store, _) = try reopened { _, sums in try sums.truncate(to: 7 + 5 * 4) }
        #expect(store.record(block)?.state == .rwr)
        #expect(store.record(block)?.length == 5 * 512)
        let (empty, _) = try reopened { data, sums in
            try data.truncate(to: 0)
            try sums.truncate(to: 0)
        }
        #expect(empty.record(block)?.state == .rwr && empty.record(block)?.length == 0)
    }

    @Test func aReplicaOfOtherChunksIsMeasuredByItsOwnHeader() throws {
        let directory = TemporaryDirectory()
        do {
            let store = try TestNode.openStore(directory)
            let owner = BriefReplicaOwner()
            let format = ChecksumFormat(kind: .crc32c, chunkBytes: 4096)
            let replica = try store.create(
                block, stamp, expectedBytes: 0, isTemporary: false, format: format, owner: owner)
            let sums = stride(from: 0, to: 10_000, by: 4096).flatMap { start in
                ChecksumFormat.bytes(CRC32C.checksum(Array(data[start..<min(start + 4096, 10_000)])))
            }
            try data.withUnsafeBytes { data in
                try sums.withUnsafeBytes { try replica.write(data, at: 0, sums: $0, isVerified: true) }
            }
            try store.finalize(replica, isSynced: false)
        }
        let store = try TestNode.openStore(try directory.copy())
        #expect(store.record(block)?.state == .finalized && store.record(block)?.length == 10_000)
    }
}
