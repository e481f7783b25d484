import Core

/// `block`: the file it belongs to and what its replicas must look like.
struct BlockRow: Hashable, Sendable, StoredRow {
    enum State: UInt8, Sendable {
        /// Being written: replicas may have any length from `length` up.
        case underConstruction = 0
        /// Its writer or a recovery told the final length and stamp: other replicas are corrupt or stale.
        case committed = 1
    }

    private static let inlineFlag: UInt8 = 2

    var inode: InodeID
    /// Position in the file, from 0.
    var index: UInt32
    var generationStamp: GenerationStamp
    /// Final bytes of a committed block; of one under construction what the last fsync told, else 0.
    var length: UInt64
    var replication: UInt16
    var state: State
    /// Of a committed block: its bytes are in an `InlineRow`, no datanode has a replica.
    var isInline = false
    /// Of a block under construction: the datanodes (uuids) of its pipeline. They may hold flushed bytes that no row tells
    /// of, so the block is not given up before every one of them has answered. Empty when it is not known.
    var pipeline: [String] = []

    init(
        inode: InodeID, index: UInt32, generationStamp: GenerationStamp, length: UInt64 = 0, replication: UInt16,
        state: State = .underConstruction, isInline: Bool = false, pipeline: [String] = []
    ) {
        self.inode = inode
        self.index = index
        self.generationStamp = generationStamp
        self.length = length
        self.replication = replication
        self.state = state
        self.isInline = isInline
        self.pipeline = pipeline
    }

    init(decoding image: UnsafeRawBufferPointer) throws(HFSError) {
        var reader = try RowReader(image, table: "block", newest: 3)
        let flags = try reader.byte()
        state = flags & 1 == 0 ? .underConstruction : .committed
        isInline = flags & Self.inlineFlag != 0
        inode = InodeID(try reader.unsigned())
        index = UInt32(truncatingIfNeeded: try reader.unsigned())
        generationStamp = GenerationStamp(try reader.unsigned())
        length = try reader.unsigned()
        replication = UInt16(truncatingIfNeeded: try reader.unsigned())
        // Version 1 ends here, and so does a committed block.
        guard !reader.isAtEnd else { return }
        for _ in 0..<(try reader.unsigned()) { pipeline.append(try reader.string()) }
    }

    var image: [UInt8] {
        // Version 3 has inline blocks: a program that knows none must not take them for lost.
        var writer = RowWriter(version: isInline ? 3 : 2, capacity: 32 + 40 * pipeline.count)
        writer.byte(state.rawValue | (isInline ? Self.inlineFlag : 0))
        writer.unsigned(inode.rawValue)
        writer.unsigned(UInt64(index))
        writer.unsigned(generationStamp.rawValue)
        writer.unsigned(length)
        writer.unsigned(UInt64(replication))
        guard state == .underConstruction else { return writer.bytes }
        writer.unsigned(UInt64(pipeline.count))
        for uuid in pipeline { writer.string(uuid) }
        return writer.bytes
    }
}
