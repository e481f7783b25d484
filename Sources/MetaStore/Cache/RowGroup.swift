/// The rows of one `(table, id)` that are in memory, in byte order, and which gaps between them are known to be empty.
///
/// A directory created in this process starts with everything known; one read from a shard comes to be known page by page.
final class RowGroup {
    /// True when no shard row lies before the first entry.
    var isHeadKnown: Bool
    var chunks: [RowChunk] = []
    var isReferenced = true

    /// Bytes that a group costs beside its entries.
    static let bytes = 160

    init(isHeadKnown: Bool) { self.isHeadKnown = isHeadKnown }

    struct Position {
        var chunk: Int
        var index: Int
    }

    /// The first entry that is not below `sub`; past the end of the last chunk when there is none. The chunk is the one an
    /// entry for `sub` would go into.
    func lowerBound(_ sub: [UInt8]) -> Position {
        var low = 0
        var high = chunks.count
        while low < high {
            let middle = (low + high) >> 1
            // A chunk is never empty.
            if ByteOrder.compare(chunks[middle].entries[0].sub, sub) <= 0 { low = middle + 1 } else { high = middle }
        }
        guard low > 0 else { return Position(chunk: 0, index: 0) }
        return Position(chunk: low - 1, index: chunks[low - 1].lowerBound(sub))
    }

    @inline(__always)
    func entry(at position: Position, matching sub: [UInt8]) -> RowEntry? {
        guard position.chunk < chunks.count else { return nil }
        let entries = chunks[position.chunk].entries
        guard position.index < entries.count, ByteOrder.compare(entries[position.index].sub, sub) == 0 else {
            return nil
        }
        return entries[position.index]
    }

    /// True when the gap in which an entry would go at `position` is known to be empty.
    func isGapKnown(before position: Position) -> Bool {
        guard position.chunk < chunks.count else { return isHeadKnown && chunks.isEmpty }
        if position.index > 0 { return chunks[position.chunk].entries[position.index - 1].isNextKnown }
        guard position.chunk > 0 else { return isHeadKnown }
        let before = chunks[position.chunk - 1].entries
        return before[before.count - 1].isNextKnown
    }

    func setGapKnown(before position: Position, _ isKnown: Bool) {
        if position.chunk < chunks.count, position.index > 0 {
            chunks[position.chunk].entries[position.index - 1].isNextKnown = isKnown
        } else if position.chunk > 0 {
            let before = chunks[min(position.chunk, chunks.count) - 1]
            before.entries[before.entries.count - 1].isNextKnown = isKnown
        } else {
            isHeadKnown = isKnown
        }
    }

    /// Puts an entry where `lowerBound` said, splitting a full chunk. What was known of the gap holds on both sides.
    func insert(_ sub: [UInt8], _ image: [UInt8]?, lsn: UInt64, at position: Position) {
        let isKnown = isGapKnown(before: position)
        let entry = RowEntry(sub: sub, image: image, lsn: lsn, isNextKnown: isKnown)
        guard position.chunk < chunks.count else {
            chunks.append(RowChunk([entry], newestLSN: lsn))
            return
        }
        let chunk = chunks[position.chunk]
        chunk.isReferenced = true
        chunk.newestLSN = max(chunk.newestLSN, lsn)
        guard chunk.entries.count >= RowChunk.entriesMax else {
            chunk.entries.insert(entry, at: position.index)
            return
        }
        if position.index == chunk.entries.count, position.chunk == chunks.count - 1 {
            // Names that grow fill chunks to the brim instead of leaving halves behind.
            chunks.append(RowChunk([entry], newestLSN: lsn))
            return
        }
        let half = chunk.entries.count / 2
        let upper = RowChunk(Array(chunk.entries[half...]), newestLSN: chunk.newestLSN)
        chunk.entries.removeSubrange(half...)
        chunks.insert(upper, at: position.chunk + 1)
        if position.index <= half {
            chunk.entries.insert(entry, at: position.index)
        } else {
            upper.entries.insert(entry, at: position.index - half)
        }
    }
}
