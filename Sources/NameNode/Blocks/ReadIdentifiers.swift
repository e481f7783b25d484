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

    /// Whether a block for datanodes was ever handed out: the engine reserves stamps when the first one is taken, and inline
    /// blocks take none.
    var hasBlocks: Bool { generationStamp.rawValue > IDRange.initial.generationStamp }

    func wireBytes() -> [UInt8] { [] }
}
