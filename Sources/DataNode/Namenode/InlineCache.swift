internal import Core
internal import DequeModule

/// Blocks of the namenode's that readers of this node asked for just now: who reads a file piece by piece asks again for each. A
/// value without clock or lock.
///
/// A block with its stamp never changes, so nothing here is ever wrong; a deleted one is readable for some seconds, as one on a
/// disk is.
struct InlineCache {
    /// Bytes of blocks kept in all: 128 of the largest.
    static let bytesMax = 8 << 20
    /// How long one is kept.
    static let ageMsMax: Int64 = 10_000

    private struct Key: Hashable {
        var block: BlockID
        var generationStamp: GenerationStamp
    }

    private struct Entry {
        var bytes: [UInt8]
        var sinceMs: Int64
    }

    private var entries: [Key: Entry] = [:]
    /// Oldest first.
    private var order: Deque<Key> = []
    private(set) var byteCount = 0

    mutating func find(_ block: BlockID, _ stamp: GenerationStamp, nowMs: Int64) -> [UInt8]? {
        trim(bytesMax: Self.bytesMax, nowMs: nowMs)
        return entries[Key(block: block, generationStamp: stamp)]?.bytes
    }

    mutating func insert(_ block: BlockID, _ stamp: GenerationStamp, _ bytes: [UInt8], nowMs: Int64) {
        let key = Key(block: block, generationStamp: stamp)
        guard entries[key] == nil, bytes.count <= Self.bytesMax else { return }
        trim(bytesMax: Self.bytesMax - bytes.count, nowMs: nowMs)
        entries[key] = Entry(bytes: bytes, sinceMs: nowMs)
        order.append(key)
        byteCount += bytes.count
    }

    private mutating func trim(bytesMax: Int, nowMs: Int64) {
        while let key = order.first, let oldest = entries[key],
            byteCount > bytesMax || nowMs - oldest.sinceMs >= Self.ageMsMax
        {
            order.removeFirst()
            entries[key] = nil
            byteCount -= oldest.bytes.count
        }
    }
}
