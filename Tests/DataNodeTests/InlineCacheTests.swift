import Core
import Testing
import WireProtocol

@testable import DataNode

@Suite("Blocks of the namenode's that a datanode keeps for readers") struct InlineCacheTests {
    private let stamp = GenerationStamp(1000)

    @Test("are found with their stamp until they are too old")
    func age() {
        var cache = InlineCache()
        cache.insert(BlockID(16), stamp, [1, 2], nowMs: 5)
        #expect(cache.find(BlockID(16), stamp, nowMs: 5) == [1, 2])
        #expect(cache.find(BlockID(16), GenerationStamp(1001), nowMs: 5) == nil)
        #expect(cache.find(BlockID(32), stamp, nowMs: 5) == nil)
        #expect(cache.find(BlockID(16), stamp, nowMs: 4 + InlineCache.ageMsMax) == [1, 2])
        #expect(cache.find(BlockID(16), stamp, nowMs: 5 + InlineCache.ageMsMax) == nil && cache.byteCount == 0)
    }

    @Test("take bounded room: the oldest go")
    func room() {
        var cache = InlineCache()
        let bytes = [UInt8](repeating: 7, count: 1 << 20)
        for number in 0..<20 { cache.insert(BlockID(UInt64(number)), stamp, bytes, nowMs: 0) }
        cache.insert(BlockID(19), stamp, bytes, nowMs: 0)
        #expect(cache.byteCount == InlineCache.bytesMax)
        let kept = (0..<20).filter { cache.find(BlockID(UInt64($0)), stamp, nowMs: 0) != nil }
        #expect(kept == Array(12..<20))
        cache.insert(BlockID(99), stamp, [UInt8](repeating: 1, count: InlineCache.bytesMax + 1), nowMs: 0)
        #expect(cache.byteCount == InlineCache.bytesMax)
    }
}
