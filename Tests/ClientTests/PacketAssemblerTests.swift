import Core
import Testing

@testable import Client

@Suite("Packets of a block")
struct PacketAssemblerTests {
    private static func assembler(blockSize: UInt64 = 1 << 20) -> PacketAssembler {
        PacketAssembler(blockSize: blockSize, start: 0, syncsBlocks: false)
    }

    /// Packets for `count` bytes, without the unfinished one.
    private static func add(_ count: Int, to assembler: inout PacketAssembler) -> [OutboundPacket] {
        var packets: [OutboundPacket] = []
        let bytes = [UInt8](repeating: 7, count: count)
        var offset = 0
        while offset < count, !assembler.isBlockFull {
            if let packet = bytes.withUnsafeBytes({ assembler.append($0, from: &offset) }) { packets.append(packet) }
        }
        return packets
    }

    @Test("Full packets hold 126 chunks")
    func full() {
        var assembler = Self.assembler()
        let packets = Self.add(200_000, to: &assembler)
        #expect(packets.map(\.dataCount) == [64_512, 64_512, 64_512])
        #expect(packets.map(\.offsetInBlock) == [0, 64_512, 129_024])
        #expect(assembler.flush(isSync: false)?.dataCount == 200_000 - 3 * 64_512)
        #expect(assembler.flush(isSync: false) == nil)
    }

    @Test("A packet behind an unfinished chunk ends with that chunk")
    func partial() {
        var assembler = Self.assembler()
        _ = Self.add(5, to: &assembler)
        #expect(assembler.flush(isSync: false)?.dataCount == 5)
        let packets = Self.add(70_000, to: &assembler)
        #expect(packets.map(\.dataCount) == [507, 64_512])
        #expect(packets.map(\.offsetInBlock) == [5, 512])
        #expect(packets[0].checksums.count == 4 && packets[1].checksums.count == 126 * 4)
    }

    @Test("A block ends at its size, and its end is an empty packet")
    func blockEnd() {
        var assembler = Self.assembler(blockSize: 1024)
        let packets = Self.add(5000, to: &assembler)
        #expect(packets.map(\.dataCount) == [1024])
        #expect(assembler.isBlockFull)
        let end = assembler.endBlock()
        #expect(end.isLast && end.sequence == 1 && end.offsetInBlock == 1024 && end.dataCount == 0)
        #expect(assembler.position == 1024 && !assembler.hasBlock)
        #expect(Self.add(10, to: &assembler).isEmpty)
        #expect(assembler.flush(isSync: false)?.sequence == 0)
    }

    @Test("A sync of what was sent already travels in an empty packet")
    func sync() {
        var assembler = Self.assembler()
        #expect(assembler.flush(isSync: true) == nil)
        _ = Self.add(100, to: &assembler)
        #expect(assembler.flush(isSync: true)?.isSync == true)
        let empty = assembler.flush(isSync: true)
        #expect(empty?.dataCount == 0 && empty?.isSync == true && empty?.isLast == false && empty?.offsetInBlock == 100)
    }

    @Test("Each chunk has its big-endian CRC32C")
    func checksums() {
        var assembler = Self.assembler()
        _ = Self.add(600, to: &assembler)
        let packet = assembler.flush(isSync: false)
        let first = CRC32C.checksum([UInt8](repeating: 7, count: 512))
        let second = CRC32C.checksum([UInt8](repeating: 7, count: 88))
        let expected = [first, second].flatMap { crc in withUnsafeBytes(of: crc.bigEndian) { Array($0) } }
        #expect(packet.map { Array($0.checksums) } == expected)
    }
}
