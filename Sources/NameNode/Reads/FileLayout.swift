import Core

/// A file with its blocks in order: what answers with locations are made of.
struct FileLayout: Sendable {
    struct Part: Sendable {
        var id: BlockID
        var row: BlockRow
        /// Of the block's first byte in the file.
        var offset: UInt64
    }

    var inode: InodeID
    var file: FileAttributes
    var parts: [Part]
    /// The row of the first block's bytes, when it is inline and they were asked for. Not decoded: that is for who answers,
    /// when the view's lock is let go.
    var inlineImage: [UInt8]?
    /// What to tell of this read; nil when it is not traced, or told before.
    var opened: NamespaceEvent?
    /// What a datanode that sends bytes is to tell of; nil when there is nothing to tell any more.
    var opening: Opening?

    init(_ inode: InodeID, _ file: FileAttributes, _ blocks: [(id: BlockID, row: BlockRow)]) {
        self.inode = inode
        self.file = file
        parts = []
        var offset: UInt64 = 0
        for (id, row) in blocks {
            parts.append(Part(id: id, row: row, offset: offset))
            offset += row.length
        }
    }

    /// The block that is still written, when the file is open.
    var openPart: Part? { parts.last.flatMap { $0.row.state == .underConstruction ? $0 : nil } }

    /// Blocks with bytes in `offset..<offset + length`. An open block counts with what fsync told of it.
    func parts(from offset: UInt64, length: UInt64) -> [Part] {
        let (sum, overflow) = offset.addingReportingOverflow(length)
        let end = overflow ? UInt64.max : sum
        return parts.filter { $0.row.length > 0 && $0.offset < end && $0.offset + $0.row.length > offset }
    }
}
