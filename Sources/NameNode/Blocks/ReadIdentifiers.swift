internal import Core
internal import MetaStore

/// Asks which ids were handed out: what lies above was never this namespace's. Changes nothing.
struct ReadIdentifiers: Operation {
    let origin = EditOrigin(user: "namenode")

    func plan(_ view: any MetadataView, _ inputs: inout PlanInputs) throws(PlanInterrupt) -> Planned<IdentifiersInUse> {
        Planned(
            Mutation(),
            IdentifiersInUse(
                blockSequence: inputs.ids.blockSequence, generationStamp: GenerationStamp(inputs.ids.generationStamp)))
    }
}

/// The next ids: every one that was handed out is smaller.
struct IdentifiersInUse: OperationReply {
    var blockSequence: UInt64
    var generationStamp: GenerationStamp

    /// Whether a block was ever handed out: the engine reserves blocks when the first one is taken.
    var hasBlocks: Bool { blockSequence > IDRange.initial.blockSequence }

    func wireBytes() -> [UInt8] { [] }
}
