import Core
import MetaStore
import Testing

@testable import NameNode

@Suite struct RowCodecTests {
    private let file = FileAttributes(
        owner: "alice", group: "staff", mode: FileMode(0o1644), modifiedMs: -5, accessedMs: 1_700_000_000_000,
        length: 1 << 40, replication: 512, blockSize: 128 << 20, storagePolicy: 7, blockCount: 9999,
        isUnderConstruction: true, hasACL: true, hasXAttrs: true)

    @Test func everyRowReadsBackAsItWasWritten() throws {
        let entry = DentryRow(file: InodeID(.max >> 1), file)
        #expect(try DentryRow(image: entry.image) == entry)
        let directory = DentryRow(directory: .root)
        #expect(try DentryRow(image: directory.image) == directory)
        let locator = LocatorRow(parent: .root, name: FileName(checkedUTF8: Array("naïve".utf8)))
        #expect(try LocatorRow(image: locator.image) == locator)
        var row = DirectoryRow(owner: "o", group: "", mode: FileMode(0o1777), modifiedMs: 3, modifiedBaseMs: 2)
        row.namespaceQuota = 10
        row.spaceQuota = .max
        row.hasXAttrs = true
        #expect(try DirectoryRow(image: row.image) == row)
        let block = BlockRow(
            inode: InodeID(77), index: 3, generationStamp: GenerationStamp(1 << 60), length: .max, replication: 3,
            state: .committed)
        #expect(try BlockRow(image: block.image) == block)
        let open = BlockRow(
            inode: InodeID(77), index: 3, generationStamp: GenerationStamp(9), replication: 3,
            pipeline: ["node-1", "node-2"])
        #expect(try BlockRow(image: open.image) == open)
        #expect(try FileBlockRow(image: FileBlockRow(BlockID(1 << 60)).image).block == BlockID(1 << 60))
        #expect(try XAttrRow(image: XAttrRow([1, 2, 3]).image).value == [1, 2, 3])
        let lease = LeaseRow(holder: "DFSClient_1", address: "10.0.0.1", recoveryStamp: 1005)
        #expect(try LeaseRow(image: lease.image) == lease)
        #expect(try ReclaimRow(image: ReclaimRow(isDirectory: true).image).isDirectory)
        let acl = AclRow([
            AclEntry(kind: .user, scope: .access, permissions: [.read], name: "bob"),
            AclEntry(kind: .group, scope: .access, permissions: .all, name: nil),
            AclEntry(kind: .mask, scope: .default, permissions: [], name: nil),
        ])
        #expect(try AclRow(image: acl.image) == acl)
    }

    @Test func aShortenedImageIsDamageAndNeverAnotherRow() throws {
        let image = DentryRow(file: InodeID(16640), file).image
        for count in 0..<image.count {
            #expect(throws: HFSError.self) { try DentryRow(image: Array(image.prefix(count))) }
        }
    }

    @Test func aRowOfANewerVersionIsRefused() throws {
        var image = DentryRow(directory: .root).image
        image[0] = 2
        #expect(throws: HFSError.self) { try DentryRow(image: image) }
    }

    @Test func keysOfLeasesLieInTheirInodesShardAndNameTheInode() {
        let inode = InodeID(sequence: 4711, shard: VirtualShard(200))
        #expect(Keys.lease(inode).shard == inode.shard)
        #expect(Keys.reclaim(inode).shard == inode.shard)
        #expect(Keys.inode(sub: Keys.lease(inode).sub) == inode)
        #expect(Keys.index(sub: Keys.fileBlock(inode, 70_000).sub) == 70_000)
    }
}
