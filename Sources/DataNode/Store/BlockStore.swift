internal import Core
internal import Logging
internal import Transport
internal import WireProtocol

/// All replicas of a datanode, over its volumes. Thread-safe; calls that touch files block.
///
/// Each replica has at most one owner at a time (`ReplicaOwner`), who alone changes its files and state. The map is the
/// truth for readers; files and map agree whenever nobody owns the replica.
final class BlockStore: Sendable {
    struct State {
        var replicas: [BlockID: ReplicaRecord] = [:]
        /// Replicas that can grow, with their open files.
        var open: [BlockID: OpenReplica] = [:]
        /// Replicas under recovery, with the recovery's id: their state counts as RUR.
        var recoveries: [BlockID: GenerationStamp] = [:]
        var owners: [BlockID: any ReplicaOwner] = [:]
        /// Hashes of the report buckets of each volume, over its finalized replicas.
        var hashes: [[UInt64]]
        var nextVolume = 0
    }

    /// How long a new owner waits for the one before to let go: HDFS's 60 s, less than a client's patience.
    static let ownerWaitMs: Int64 = 30_000
    /// Room below which a volume takes no new replica.
    static let roomMin: UInt64 = 64 << 10

    let volumes: [Volume]
    let logger: Logger
    let state: Monitor<State>
    /// Fsync every replica before it becomes finalized (`dfs.datanode.synconclose`).
    let syncsOnClose: Bool
    /// Waits until a replica's bytes and its names in a folder are on the disk. Tests have it fail.
    let syncFinal: @Sendable (OpenReplica, _ folder: String) throws(HFSError) -> Void

    var datanodeUUID: String { volumes[0].identity.datanodeUUID }
    var clusterID: String? { volumes.lazy.compactMap { $0.identity.clusterID }.first }
    var poolID: String? { volumes.lazy.compactMap { $0.identity.poolID }.first }

    /// Opens the volumes and finds their replicas, the volumes in parallel.
    ///
    /// - Throws: `.lockHeld`, `.incompatibleLayout`, `.corruptMetadata`, `.wrongCluster` for a volume that must not be used;
    ///   `.invalidArgument` without volumes. A volume whose disk fails is left out as long as another works.
    init(
        volumes configurations: [VolumeConfiguration], reservedBytes: UInt64, syncsOnClose: Bool, clock: any HFSClock,
        logger: Logger,
        syncFinal: @escaping @Sendable (OpenReplica, _ folder: String) throws(HFSError) -> Void = BlockStore.syncToDisk
    ) throws(HFSError) {
        self.syncFinal = syncFinal
        guard !configurations.isEmpty, configurations.count < Int(UInt16.max) else {
            throw HFSError(.invalidArgument, "A datanode needs at least one volume")
        }
        var volumes: [Volume] = []
        var uuid = try Self.knownUUID(configurations)
        for configuration in configurations {
            do throws(HFSError) {
                let volume = try Volume.open(
                    configuration, index: UInt16(volumes.count), datanodeUUID: uuid, reservedBytes: reservedBytes,
                    clock: clock)
                uuid = volume.identity.datanodeUUID
                volumes.append(volume)
            } catch  where error.code == .io || error.code == .noSpace {
                logger.error(
                    "volume_failed", metadata: ["volume": .string(configuration.path), "error": .string("\(error)")])
            }
        }
        guard let first = volumes.first else { throw HFSError(.io, "No volume of this datanode works") }
        for volume in volumes.dropFirst() {
            guard let cluster = volume.identity.clusterID, let own = first.identity.clusterID, cluster != own else {
                continue
            }
            throw HFSError(
                .wrongCluster, "The volume belongs to cluster \(cluster), the first one to \(own)",
                subject: volume.layout.root)
        }
        self.volumes = volumes
        self.logger = logger
        self.syncsOnClose = syncsOnClose
        let empty = [UInt64](repeating: 0, count: Limits.blockReportBuckets)
        state = Monitor(State(hashes: Array(repeating: empty, count: volumes.count)))
        try scan()
    }

    /// Bytes first: a name never lasts without them.
    static func syncToDisk(_ replica: OpenReplica, folder: String) throws(HFSError) {
        try replica.syncData()
        try FileSystem.syncDirectory(folder)
    }

    /// The node's id as any volume tells it, so that a volume added in first place does not invent another.
    private static func knownUUID(_ configurations: [VolumeConfiguration]) throws(HFSError) -> String? {
        for configuration in configurations {
            let path = VolumeLayout(root: configuration.path).versionFile
            guard FileSystem.exists(path) else { continue }
            return try VolumeIdentity.parse(try FileSystem.readText(path, bytesMax: 4096), path: path).datanodeUUID
        }
        return nil
    }

    private func scan() throws(HFSError) {
        let results = Monitor<[UInt16: Result<[VolumeScan.Found], HFSError>]>([:])
        for volume in volumes {
            try startThread(name: "hfs-scan") { [logger] in
                let result: Result<[VolumeScan.Found], HFSError>
                do throws(HFSError) { result = .success(try VolumeScan(volume: volume, logger: logger).run()) } catch {
                    result = .failure(error)
                }
                results.update { $0[volume.index] = result }
            }
        }
        let count = volumes.count
        let all = results.wait { $0.count == count ? $0 : nil } ?? [:]
        for volume in volumes {
            switch all[volume.index] {
            case .success(let found): add(found, volume)
            case .failure(let error): fail(volume, error)
            case nil: break
            }
        }
    }

    private func add(_ found: [VolumeScan.Found], _ volume: Volume) {
        state.withLock { state in
            for item in found {
                if let other = state.replicas[item.block] {
                    logger.warning(
                        "duplicate_replica",
                        metadata: ["block": .stringConvertible(item.block), "volume": .string(volume.layout.root)])
                    let isBetter =
                        (item.record.generationStamp, other.state.rawValue) > (
                            other.generationStamp, item.record.state.rawValue
                        )
                    guard isBetter else { continue }
                }
                set(item.record, item.block, &state)
                volume.space.count(ReplicaFootprint.bytes(item.record.length))
            }
        }
        logger.info(
            "volume_opened",
            metadata: [
                "volume": .string(volume.layout.root), "storage": .string(volume.storageID),
                "replicas": .stringConvertible(found.count),
            ])
    }

    // MARK: The map

    /// Puts, replaces or (nil) removes a record, keeping the bucket hashes right.
    func set(_ record: ReplicaRecord?, _ block: BlockID, _ state: inout State) {
        let old = state.replicas[block]
        if let old, old.state == .finalized { addHash(block, old, &state, sign: -1) }
        if let record, record.state == .finalized { addHash(block, record, &state, sign: 1) }
        state.replicas[block] = record
    }

    private func addHash(_ block: BlockID, _ record: ReplicaRecord, _ state: inout State, sign: Int) {
        let bucket = BlockReportHash.bucket(of: block)
        let hash = BlockReportHash.contribution(block, record.generationStamp, length: record.length)
        if sign > 0 {
            state.hashes[Int(record.volume)][bucket] &+= hash
        } else {
            state.hashes[Int(record.volume)][bucket] &-= hash
        }
    }

    func record(_ block: BlockID) -> ReplicaRecord? { state.withLock { $0.replicas[block] } }

    var replicaCount: Int { state.withLock { $0.replicas.count } }

    /// The volume of a record. Records only name volumes of this store.
    func volume(_ record: ReplicaRecord) -> Volume { volumes[Int(record.volume)] }

    static func notFound(_ block: BlockID, _ stamp: GenerationStamp, _ why: String = "Replica not found") -> HFSError {
        HFSError(.replicaNotFound, "\(why) for \(block)_\(stamp)")
    }

    // MARK: Ownership

    /// Makes `owner` the one who may change the replica, asking an owner before it to let go when `stopsOther`.
    /// Errors: `.retriable` when another has it (and does not let go in time).
    func acquire(_ block: BlockID, _ owner: any ReplicaOwner, stopsOther: Bool) throws(HFSError) {
        let isFree = state.withLock { state -> Bool in
            guard state.owners[block] == nil else { return false }
            state.owners[block] = owner
            return true
        }
        if isFree { return }
        guard stopsOther else { throw HFSError(.retriable, "The replica is being changed", subject: "\(block)") }
        state.withLock { $0.owners[block] }?.stopOwning()
        let taken: Bool? = state.wait(timeoutMs: Self.ownerWaitMs) { state in
            guard state.owners[block] == nil else { return nil }
            state.owners[block] = owner
            return true
        }
        guard taken == true else {
            throw HFSError(
                .retriable, "The replica's writer did not stop in \(Self.ownerWaitMs) ms", subject: "\(block)")
        }
    }

    func release(_ block: BlockID, _ owner: any ReplicaOwner) {
        state.update { state in
            if let current = state.owners[block], current === owner { state.owners[block] = nil }
        }
    }

    /// Runs `body` as the replica's owner.
    func owning<Value>(_ block: BlockID, _ body: () throws(HFSError) -> Value) throws(HFSError) -> Value {
        let owner = BriefReplicaOwner()
        try acquire(block, owner, stopsOther: true)
        defer { release(block, owner) }
        return try body()
    }

    // MARK: Failed volumes

    /// Called with every error of an operation on a volume: a disk that fails or is gone takes its volume out of use, a full
    /// one does not, nor does a peer. Errors of files name them.
    func noteFailure(_ error: HFSError, of volume: Volume) {
        guard let path = error.subject, path.hasPrefix(volume.layout.root) else { return }
        if error.code == .io || (error.code == .fileNotFound && !FileSystem.exists(volume.layout.rbw)) {
            fail(volume, error)
        }
    }

    private func fail(_ volume: Volume, _ error: HFSError) {
        guard volume.fail("\(error)") else { return }
        state.update { state in
            for (block, record) in state.replicas where record.volume == volume.index {
                set(nil, block, &state)
                state.open[block] = nil
                state.recoveries[block] = nil
            }
        }
        logger.error("volume_failed", metadata: ["volume": .string(volume.layout.root), "error": .string("\(error)")])
    }

    /// Ties new volumes to the cluster that the node has registered with. Errors: `.wrongCluster`, `.io`.
    func bind(clusterID: String, poolID: String) throws(HFSError) {
        for volume in volumes where volume.isWorking { try volume.bind(clusterID: clusterID, poolID: poolID) }
    }

    /// Errors: `.replicaNotFound` when a request names another block pool.
    func checkPool(_ block: Block) throws(HFSError) {
        guard let poolID, block.poolID != poolID else { return }
        throw HFSError(.replicaNotFound, "Block pool \(block.poolID) is not on this datanode, which holds \(poolID)")
    }
}
