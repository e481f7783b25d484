internal import Core

/// What the replicas of an abandoned block agree on (HDFS's `BlockRecoveryWorker`, `RecoveryTaskContiguous`).
enum RecoveryAgreement: Equatable {
    /// These replicas are finalized at this length.
    case finalize(length: UInt64, participants: [Int])
    /// Every node answered, none has a byte, and nobody was ever told of one.
    case deleteBlock

    /// One node's answer.
    enum Answer: Equatable {
        case replica(BlockStore.RecoveryState)
        case notFound
        /// The node has a replica with an older stamp than the block's, left behind by a pipeline recovery.
        case stale
        case failed
    }

    /// A finalized replica decides, since its length was acknowledged to a client or agreed on by a recovery that did not get
    /// to its end, the one with the newest stamp first; else the shortest one being written, since no client was told of more
    /// than all of them had; else, with none of those left, the shortest that waits for recovery.
    ///
    /// - Parameter knownLength: bytes that a replica was reported with.
    /// - Throws: `.retriable` when no byte was found but there may be some where nobody could be asked, `.io` when finalized
    ///   replicas disagree.
    static func decide(_ answers: [Answer], knownLength: UInt64) throws(HFSError) -> RecoveryAgreement {
        var replicas: [(index: Int, state: BlockStore.RecoveryState)] = []
        for (index, answer) in answers.enumerated() {
            if case .replica(let state) = answer, state.length > 0 { replicas.append((index, state)) }
        }
        guard !replicas.isEmpty else {
            guard !answers.isEmpty, !answers.contains(.failed) else {
                throw HFSError(.retriable, "No replica with data was found, but not all datanodes answered")
            }
            guard knownLength == 0 else {
                throw HFSError(.retriable, "No replica has any of the \(knownLength) bytes that were reported")
            }
            // One still being written has every byte that a client was told of, so an older one beside it proves nothing.
            let isCurrentEmpty = answers.contains { answer in
                if case .replica(let state) = answer { state.state == .rbw } else { false }
            }
            guard isCurrentEmpty || !answers.contains(.stale) else {
                throw HFSError(.retriable, "Only replicas of an older generation stamp were found")
            }
            return .deleteBlock
        }
        let finalized = replicas.filter { $0.state.state == .finalized }
        if let newest = finalized.max(by: { $0.state.generationStamp < $1.state.generationStamp })?.state {
            let deciding = finalized.filter { $0.state.generationStamp == newest.generationStamp }
            guard deciding.allSatisfy({ $0.state.length == newest.length }) else {
                throw HFSError(.io, "Finalized replicas differ in length: \(deciding.map(\.state.length))")
            }
            let fitting = replicas.filter {
                $0.state.length == newest.length && ($0.state.state == .finalized || $0.state.state == .rbw)
            }
            return .finalize(length: newest.length, participants: fitting.map(\.index))
        }
        let writing = replicas.filter { $0.state.state == .rbw }
        let chosen = writing.isEmpty ? replicas : writing
        let length = chosen.map(\.state.length).min() ?? 0
        return .finalize(length: length, participants: chosen.map(\.index))
    }
}
