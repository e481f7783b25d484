import Core
import MetaStore

/// What an operation tells its caller, and what memory must follow once it is durable.
struct Answer: OperationReply {
    enum Body: Hashable, Sendable {
        case empty
        case result(Bool)
        /// A file or directory in field 1: create.
        case status(FileStatus)
        /// A file in field 2: append, which never names a block.
        case appended(FileStatus)
        case block(AllocatedBlock)
        /// A new generation stamp for a block: updateBlockForPipeline.
        case stamp(Block)
        case run(Run)
        case started(Run, DelegationToken)
        case token(DelegationToken)
        /// Until when a renewed token holds, milliseconds since 1970.
        case expiry(Int64)
        /// Whether an attribute was set; if not, its value (nil: it does not exist).
        case compared(isSet: Bool, current: [UInt8]?)
        /// Where a published directory lies now.
        case published(path: String, version: UInt64)
    }

    var body: Body
    var effects: [Effect] = []

    init(_ body: Body, _ effects: [Effect] = []) {
        self.body = body
        self.effects = effects
    }
}

/// The block that addBlock answers with.
struct AllocatedBlock: Hashable, Sendable {
    var block: Block
    /// Of the block's first byte in the file.
    var offset: UInt64
    /// Empty when an earlier call allocated the block: its pipeline is in the block manager.
    var targets: [LocatedBlock.Location]
}

/// A change of soft state, applied in the order of durable mutations.
enum Effect: Hashable, Sendable {
    case leaseOpened(InodeID, holder: String, run: RunID?)
    case leaseClosed(InodeID)
    case blockAllocated(BlockID, GenerationStamp, [LocatedBlock.Location])
    case blockCommitted(BlockID, GenerationStamp, length: UInt64, replication: Int)
    case pipelineUpdated(BlockID, GenerationStamp, [LocatedBlock.Location])
    case blocksRemoved([BlockID])
    case replicationChanged([BlockID], Int)
    /// An inline block is to become a block on datanodes.
    case inlineMoving(MovingRow)
    /// It is to stay with the namenode after all.
    case inlineKept(MovingRow)
    case recoveryStarted(BlockID, GenerationStamp, recoveryID: GenerationStamp)
    /// A cursor of the event feed; nil: it is gone.
    case cursorMoved(String, LSN?)
    /// A reclaim row was written: the reclaimer has work.
    case unlinked(InodeID)
    /// There is a new master key for tokens.
    case tokenKeysRolled(TokenKeys)
    /// A token holds from now on, or was renewed.
    case tokenIssued(UInt32, TokenRow)
    /// A token holds no longer; its run has ended.
    case tokenRemoved(UInt32)
}
