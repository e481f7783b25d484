import Testing

@testable import Core

@Suite("Modes and ids")
struct ModeTests {
    @Test(
        "nine letters as ls writes them",
        arguments: [
            (0o755, "rwxr-xr-x"), (0o644, "rw-r--r--"), (0o1777, "rwxrwxrwt"), (0o1776, "rwxrwxrwT"), (0, "---------"),
            (0o7777, "rwxrwxrwt"),
        ] as [(UInt16, String)])
    func letters(_ bits: UInt16, _ text: String) {
        #expect(FileMode(bits).description == text)
        #expect(FileMode(bits).bits <= 0o1777)
    }

    @Test(
        "an access mode has HDFS's name",
        arguments: zip(
            0..<8 as Range<UInt8>,
            ["NONE", "EXECUTE", "WRITE", "WRITE_EXECUTE", "READ", "READ_EXECUTE", "READ_WRITE", "ALL"]))
    func names(_ bits: UInt8, _ name: String) {
        #expect(AccessMode(rawValue: bits).hdfsName == name)
    }

    @Test("an id carries its shard and sequence")
    func ids() {
        let inode = InodeID(sequence: 77, shard: VirtualShard(200))
        #expect(inode.shard == VirtualShard(200))
        #expect(inode.sequence == 77)
        #expect(InodeID.root == InodeID(sequence: 64, shard: VirtualShard(1)))
        let block = BlockID(sequence: 1 << 18, shard: VirtualShard(9))
        #expect(block.shard == VirtualShard(9))
        #expect(block.rawValue & 15 == 0)
        #expect(block.rawValue >= 1 << 30)
    }

    @Test("a clock by hand moves only when told")
    func clock() {
        let clock = ManualClock(startMs: 5)
        #expect(clock.nowMs == 5)
        clock.advance(byMs: 10)
        #expect(clock.nowMs == 15)
        #expect(clock.monotonicMs == 10)
        #expect(SystemClock().nowMs > 1_700_000_000_000)
    }
}
