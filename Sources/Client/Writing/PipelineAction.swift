import Core

/// What a `PipelineMachine` asks its owner to do.
enum PipelineAction: Sendable {
    /// `addBlock`; answers `allocated` or `refused`.
    case allocate(previous: Block?, excluded: [DatanodeDescriptor])
    /// `abandonBlock`; answers `abandoned` or `refused`.
    case abandon(Block)
    /// Opens the pipeline; answers `connected` or `connectFailed`.
    case connect(PipelineSetup)
    /// Packets can be taken.
    case transmit
    /// Ends the connection, if there is one.
    case disconnect
    /// `getAdditionalDatanode`; answers `replaced` or `replacementRefused`.
    case replace(block: Block, existing: [LocatedBlock.Location], excluded: [DatanodeDescriptor])
    /// Has `from` copy its replica to `to`; answers `transferred` or `transferFailed`.
    case transfer(block: Block, from: LocatedBlock.Location, to: LocatedBlock.Location)
    /// `updateBlockForPipeline`; answers `stamped` or `refused`.
    case stamp(Block)
    /// `updatePipeline`; answers `committed` or `refused`.
    case commit(old: Block, new: Block, locations: [LocatedBlock.Location])
    /// `complete`, until it is true; answers `completed` or `refused`.
    case complete(Block?)
}
