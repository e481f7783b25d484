import Core

/// Joins a file's blocks with the datanodes that have them.
struct BlockLocator: Sendable {
    struct Reader: Sendable {
        /// As `Caller.address`.
        var address: String
        /// What it shows to the datanodes.
        var token: BlockAccessToken?
    }

    var blocks: BlockManager
    var poolID: String

    /// The blocks with bytes in `offset..<offset + length`, and the end of an open file.
    ///
    /// Of an open block, what fsync told is served like a complete block: clients that look at `fileLength` only see those
    /// bytes, and those that would ask a datanode for the visible length must not count them twice. Without such a length
    /// the block is the `lastBlock` that clients ask datanodes about (HDFS).
    func located(
        _ layout: FileLayout, offset: UInt64 = 0, length: UInt64 = .max, for reader: Reader
    ) -> LocatedBlocks {
        let parts = layout.parts(from: offset, length: length).map { located($0, reader) }
        let isSynced = layout.openPart.map { $0.row.length > 0 } ?? true
        let last = layout.parts.last.map { part in
            parts.last.flatMap { $0.block.id == part.id ? $0 : nil } ?? located(part, reader)
        }
        return LocatedBlocks(
            fileLength: layout.file.length, blocks: parts, isUnderConstruction: layout.file.isUnderConstruction,
            lastBlock: last, isLastBlockComplete: isSynced)
    }

    private func located(_ part: FileLayout.Part, _ reader: Reader) -> LocatedBlock {
        let found =
            part.row.isInline
            ? (
                locations: blocks.inlineLocations(
                    of: part.id, count: Int(part.row.replication), reader: reader.address),
                isCorrupt: false
            )
            : blocks.locations(of: part.id, generationStamp: part.row.generationStamp, reader: reader.address)
        return LocatedBlock(
            block: Block(
                poolID: poolID, id: part.id, generationStamp: part.row.generationStamp, length: part.row.length),
            offset: part.offset, locations: found.locations, isCorrupt: found.isCorrupt, token: reader.token)
    }

    /// The first committed block of the range that no datanode has reported, but for one whose bytes go with the answer.
    func firstUnlocated(_ answer: LocatedBlocks, in layout: FileLayout) -> LocatedBlock? {
        let open = layout.openPart?.id
        let known = layout.inlineImage == nil ? nil : layout.parts.first?.id
        return answer.blocks.first {
            $0.locations.isEmpty && !$0.isCorrupt && $0.block.id != open && $0.block.id != known
        }
    }
}
