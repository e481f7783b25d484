package import Core

/// Takes what a block recovery agreed on. Implemented by the namespace, which closes the file.
package protocol RecoverySink: AnyObject, Sendable {
    /// The replicas at `locations` are finalized with `newStamp` and `length`; with `deleteBlock` none of the datanodes
    /// at `locations` had a byte, and the block goes if those were all that could have one. Called without any lock, on an event loop or the monitor's thread; must not block. May be called
    /// again for the same recovery when its outcome was not told by `blockCommitted` or `blocksRemoved` in time.
    func recoveryCommitted(
        block: BlockID, newStamp: GenerationStamp, length: UInt64, deleteBlock: Bool, locations: [LocatedBlock.Location]
    )
}
