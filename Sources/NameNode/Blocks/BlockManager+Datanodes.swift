internal import Core

/// What datanodes call, through `DatanodeProtocolHandler`. The calls of one datanode must come in its order.
extension BlockManager {
    /// Datanodes that are known at most: HDFS's largest clusters have some 10,000.
    private static let datanodesMax = 20_000
    /// Buckets that are replaced in one hold of the lock: some thousands of replicas.
    private static let bucketsPerHold = 8

    /// Binds a datanode to its connection. Returns true when the namenode knows none of its replicas.
    func register(
        _ descriptor: DatanodeDescriptor, _ storages: [StorageReport], on connection: DatanodeConnection
    ) throws(HFSError) -> Bool {
        let nowMs = clock.monotonicMs
        return try update { state throws(HFSError) in
            guard state.nodes.nodes.count < Self.datanodesMax || state.nodes.index(ofUUID: descriptor.uuid) != nil
            else {
                throw HFSError(.retriable, "The namenode knows \(Self.datanodesMax) datanodes and takes no more")
            }
            return try state.register(descriptor, storages, on: connection, nowMs: nowMs)
        }
    }

    /// Nil when the datanode must register first. Errors: `.wrongCluster` when it registered again on another connection.
    func heartbeat(
        _ uuid: String, _ storages: [StorageReport], transfers: UInt32, on connection: DatanodeConnection
    ) throws(HFSError) -> [DatanodeCommand]? {
        let nowMs = clock.monotonicMs
        return try update { state throws(HFSError) -> [DatanodeCommand]? in
            guard let node = try state.nodes.bound(uuid, on: connection), !state.nodes[node].isDead else { return nil }
            return try state.heartbeat(node, storages, transfers: transfers, nowMs: nowMs)
        }
    }

    /// Returns the buckets whose contents the namenode wants.
    func bucketReport(
        _ uuid: String, storageID: String, hashes: [UInt64], on connection: DatanodeConnection
    ) throws(HFSError) -> [Int] {
        let nowMs = clock.monotonicMs
        return try update { state throws(HFSError) in
            let node = try Self.registered(uuid, connection, state)
            return try state.bucketReport(node, storageID: storageID, hashes: hashes, nowMs: nowMs)
        }
    }

    /// Replaces what is known of some buckets. Errors: `.invalidArgument` for buckets out of range and for replicas of other
    /// buckets; then nothing changed.
    func bucketContents(
        _ uuid: String, storageID: String, buckets: [Int], _ replicas: [ReportedReplica], isLast: Bool,
        on connection: DatanodeConnection
    ) throws(HFSError) {
        let nowMs = clock.monotonicMs
        let contents = try BucketContents(buckets: buckets, replicas: replicas)
        let (node, storage) = try update { state throws(HFSError) in
            let node = try Self.registered(uuid, connection, state)
            return (node, try state.knownStorage(storageID, of: node))
        }
        var rest = contents.groups[...]
        while !rest.isEmpty {
            let slice = rest.prefix(Self.bucketsPerHold)
            rest = rest.dropFirst(Self.bucketsPerHold)
            update { state in
                for group in slice {
                    state.bucketContents(node, storage, bucket: group.bucket, group.replicas, nowMs: nowMs)
                }
            }
        }
        if isLast { update { $0.reportEnded(storage, nowMs: nowMs) } }
    }

    func replicasChanged(
        _ uuid: String, _ changes: [ReplicaChange], on connection: DatanodeConnection
    ) throws(HFSError) {
        let nowMs = clock.monotonicMs
        try update { state throws(HFSError) in
            let node = try Self.registered(uuid, connection, state)
            try state.replicasChanged(node, changes, nowMs: nowMs)
        }
    }

    func badReplicas(
        _ uuid: String, storageID: String, _ blocks: [BlockVersion], on connection: DatanodeConnection
    ) throws(HFSError) {
        let nowMs = clock.monotonicMs
        try update { state throws(HFSError) in
            let node = try Self.registered(uuid, connection, state)
            try state.badReplicas(node, storageID: storageID, blocks, nowMs: nowMs)
        }
    }

    /// Errors: `.retriable` for a datanode that must register first, `.wrongCluster` as `heartbeat`.
    func requireRegistered(_ uuid: String, on connection: DatanodeConnection) throws(HFSError) {
        try update { state throws(HFSError) in _ = try Self.registered(uuid, connection, state) }
    }

    /// A primary's result; the recovery sink is told before this returns. Taken only from a registered datanode that was
    /// asked for it.
    func commitRecovery(
        _ block: BlockID, recoveryID: GenerationStamp, length: UInt64, deleteBlock: Bool,
        replicas: [(uuid: String, storageID: String)], on connection: DatanodeConnection
    ) throws(HFSError) {
        let nowMs = clock.monotonicMs
        try update { state throws(HFSError) in
            let sender = try state.nodes.bound(on: connection)
            guard let sender, !state.nodes[sender].isDead else {
                throw HFSError(.retriable, "No datanode is registered on this connection; it must register first")
            }
            try state.commitRecovery(
                from: sender, block, recoveryID: recoveryID, length: length, deleteBlock: deleteBlock,
                replicas: replicas, nowMs: nowMs)
        }
    }

    /// The node on this connection is at once not chosen for new blocks, nor offered first to readers.
    func connectionClosed(_ connection: DatanodeConnection) {
        let nowMs = clock.monotonicMs
        update { $0.connectionClosed(connection, nowMs: nowMs) }
    }

    private static func registered(
        _ uuid: String, _ connection: DatanodeConnection, _ state: BlockState
    ) throws(HFSError) -> DatanodeIndex {
        guard let node = try state.nodes.bound(uuid, on: connection), !state.nodes[node].isDead else {
            throw HFSError(.retriable, "Datanode \(uuid) is not registered on this connection; it must register first")
        }
        return node
    }
}
