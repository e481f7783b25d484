internal import Core
internal import Synchronization
internal import Transport

/// The shared part of one WRITE_BLOCK: what its threads and those who want to stop it may touch.
final class WriteSession: ReplicaOwner {
    let request: WriteRequest
    let upstream: BlockingSocket
    let context: TransferContext
    private let mirror = Mutex<BlockingSocket?>(nil)
    private let isLastSynced = Atomic<Bool>(false)

    init(_ request: WriteRequest, upstream: BlockingSocket, context: TransferContext) {
        self.request = request
        self.upstream = upstream
        self.context = context
    }

    /// Another must have the replica: ends this write.
    func stopOwning() {
        upstream.shutdown()
        mirror.withLock { $0 }?.shutdown()
    }

    func setMirror(_ socket: BlockingSocket) { mirror.withLock { $0 = socket } }

    /// Whether finalize must reach the disk; told before the last packet is answered.
    func setLastSynced(_ isSynced: Bool) { isLastSynced.store(isSynced, ordering: .releasing) }

    /// The block is whole: finalizes, and queues the report before anybody is answered.
    func finish(_ replica: OpenReplica) throws(HFSError) {
        let record = try context.store.finalize(replica, isSynced: isLastSynced.load(ordering: .acquiring))
        context.metrics.blocksWritten.add()
        context.reporter.received(
            replica.block, record.generationStamp, length: record.length, storageID: replica.volume.storageID)
    }
}
