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
    func lowerBound(_ sub: [UInt8]) -> Position { sub.withUnsafeBytes { lowerBound($0) } }

    @inline(__always)
    func lowerBound(_ sub: UnsafeRawBufferPointer) -> Position {
        chunks.withUnsafeBufferPointer { chunks in
            var low = 0
            var high = chunks.count
            while low < high {
                let middle = (low + high) >> 1
                if ByteOrder.compare(chunks[middle].firstSub, sub) <= 0 { low = middle + 1 } else { high = middle }
            }
            guard low > 0 else { return Position(chunk: 0, index: 0) }
            return Position(chunk: low - 1, index: chunks[low - 1].lowerBound(sub))
        }
    }

    /// What is known of a row.
    @inline(__always)
    func find(_ sub: UnsafeRawBufferPointer) -> Known {
        let position = lowerBound(sub)
        if position.chunk < chunks.count {
            let chunk = chunks[position.chunk]
            if let known = chunk.known(at: position.index, sub) {
                chunk.isReferenced = true
                return known
            }
        }
        return isGapKnown(before: position) ? .absent : .unknown
    }

    @inline(__always)
    func hasEntry(at position: Position, for sub: [UInt8]) -> Bool {
        guard position.chunk < chunks.count else { return false }
        return sub.withUnsafeBytes { chunks[position.chunk].known(at: position.index, $0) != nil }
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
