internal import Core

extension BlockStore {
    /// As the other `finishRecovery`, reporting the replica; gives its storage.
    func finishRecovery(
        _ block: BlockID, recoveryID: GenerationStamp, length: UInt64, _ reporter: any ReplicaReporter
    ) throws(HFSError) -> String {
        let record = try finishRecovery(block, recoveryID: recoveryID, length: length)
        let storageID = volume(record).storageID
        reporter.received(block, record.generationStamp, length: record.length, storageID: storageID)
        return storageID
    }
}
