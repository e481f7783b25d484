internal import Core
internal import WireProtocol

extension BlockStore {
    /// The room of each volume, failed ones included, as the namenode wants to hear it.
    func storageStates() -> [Hfs_Datanode_StorageState] {
        volumes.map { volume in
            let space = volume.space.report()
            let isWorking = volume.isWorking
            var state = Hfs_Datanode_StorageState()
            state.storageID = volume.storageID
            state.kind = UInt32(volume.kind.rawValue)
            state.failed = !isWorking
            state.capacityBytes = isWorking ? space.capacity : 0
            state.usedBytes = isWorking ? space.used : 0
            state.remainingBytes = isWorking ? space.remaining : 0
            return state
        }
    }
}
