package import Core
package import Logging

extension ShardEngine {
    /// Opens the namespace, or makes one when asked to and there is none. Blocks: replays what the shards lack of the log.
    ///
    /// `onFatal` is called once, from an engine thread, when the log or a shard failed so that nothing can be promised any
    /// more: the process should end and start again. Figures go into `metrics`.
    /// Errors: `.lockHeld` when another process has it open, `.incompatibleLayout`, `.wrongCluster`, `.corruptMetadata` with
    /// the file and place, `.fileNotFound` when there is no namespace and none is to be made, `.io`, `.noSpace`.
    package static func open(
        _ configuration: ShardEngineConfiguration, clock: any HFSClock, io: any FileIO = SystemFileIO(),
        logger: Logger = Logger(label: "hfs.metastore"), metrics: MetricsRegistry = MetricsRegistry(),
        onFatal: @escaping @Sendable (HFSError) -> Void = { _ in }
    ) throws(HFSError) -> ShardEngine {
        guard let edits = configuration.editsDirectories.first,
            Set(configuration.editsDirectories).count == configuration.editsDirectories.count
        else { throw HFSError(.invalidArgument, "the edits log has one directory or several different ones") }
        let locks = try lockDirectories(configuration, io: io)
        let identity = try loadOrFormat(configuration, io: io, logger: logger)
        let shardOf = identity.shardOf
        var writers: [ShardWriter] = []
        for index in 0..<identity.shardCount {
            let path = shardPath(configuration, index)
            guard io.exists(path) else { throw HFSError(.corruptMetadata, "a shard file is missing", subject: path) }
            writers.append(
                try ShardWriter(
                    path, identity.shardIdentity(index), cacheBytes: configuration.shardCacheBytes,
                    vfs: configuration.sqliteVFS))
        }
        let mirror = try EditsMirror(
            io: io, directories: configuration.editsDirectories, home: configuration.directory,
            clusterID: identity.clusterID, logger: logger
        ).open()
        let recovered = try recover(
            configuration, edits, identity, writers, clock: clock, io: mirror ?? io, logger: logger)
        return try assemble(
            configuration, edits, identity, writers, shardOf, recovered, locks, mirror, clock: clock, io: mirror ?? io,
            logger: logger, registry: metrics, onFatal: onFatal)
    }

    private static func lockDirectories(
        _ configuration: ShardEngineConfiguration, io: any FileIO
    ) throws(HFSError) -> [any IOFile] {
        try io.createDirectory(configuration.directory)
        var locks = [try io.lock("\(configuration.directory)/lock")]
        for directory in configuration.editsDirectories {
            do throws(HFSError) {
                try io.createDirectory(directory)
                locks.append(try io.lock("\(directory)/lock"))
            } catch {
                // One of several may be broken: it is left out when it is read.
                guard configuration.editsDirectories.count > 1, error.code != .lockHeld else { throw error }
            }
        }
        return locks
    }

    private static func shardPath(_ configuration: ShardEngineConfiguration, _ index: Int) -> String {
        "\(configuration.directory)/\(NamespaceIdentity.shardFileName(index))"
    }

    private static func loadOrFormat(
        _ configuration: ShardEngineConfiguration, io: any FileIO, logger: Logger
    ) throws(HFSError) -> NamespaceIdentity {
        let path = "\(configuration.directory)/\(NamespaceIdentity.fileName)"
        if io.exists(path) {
            let identity = try NamespaceIdentity(fileBytes: try io.readAll(path), path: path)
            if let expected = configuration.expectedClusterID, expected != identity.clusterID {
                throw HFSError(
                    .wrongCluster, "the namespace is of cluster \(identity.clusterID), expected \(expected)",
                    subject: path)
            }
            return identity
        }
        guard let format = configuration.format else {
            throw HFSError(.fileNotFound, "there is no namespace in this directory", subject: configuration.directory)
        }
        for edits in configuration.editsDirectories {
            guard let segment = try io.list(edits).first(where: { SegmentHeader.firstLSN(ofName: $0) != nil }) else {
                continue
            }
            throw HFSError(
                .corruptMetadata, "there are edits but no \(NamespaceIdentity.fileName)", subject: "\(edits)/\(segment)"
            )
        }
        guard (1...VirtualShard.count).contains(configuration.shardCount), format.clusterID.utf8.count <= 1024,
            !(format.clusterID + format.poolID).contains("\n")
        else { throw HFSError(.invalidArgument, "a namespace has 1 to 256 shards and ids of one line") }
        let identity = NamespaceIdentity(
            clusterID: format.clusterID, poolID: format.poolID, epoch: 1, shardCount: configuration.shardCount)
        for index in 0..<identity.shardCount {
            // What an interrupted format left behind: without VERSION it was never used.
            let shard = shardPath(configuration, index)
            for leftover in [shard, shard + "-wal", shard + "-shm", shard + "-journal"] where io.exists(leftover) {
                try io.remove(leftover)
            }
            try ShardWriter.create(shard, identity.shardIdentity(index), vfs: configuration.sqliteVFS)
        }
        try io.syncDirectory(configuration.directory)
        try io.replaceAtomically(path, with: identity.fileBytes)
        logger.info(
            "namespace formatted", metadata: ["cluster": "\(identity.clusterID)", "shards": "\(identity.shardCount)"])
        return identity
    }

    private struct Recovered {
        var end: EditsRecovery.End
        var retries: RetryCache
    }

    private static func recover(
        _ configuration: ShardEngineConfiguration, _ edits: String, _ identity: NamespaceIdentity,
        _ writers: [ShardWriter],
        clock: any HFSClock, io: any FileIO, logger: Logger
    ) throws(HFSError) -> Recovered {
        let startMs = clock.monotonicMs
        let replay = Replay(writers: writers, shardOf: identity.shardOf)
        let snapshot = try retrySnapshot(edits, epoch: identity.epoch, io: io, logger: logger)
        var retries = snapshot?.retries ?? RetryCache()
        let recovery = EditsRecovery(
            io: io, directory: edits, clusterID: identity.clusterID, epoch: identity.epoch, nowMs: clock.nowMs,
            retriesFrom: snapshot?.firstLSN)
        let slowest = writers.map(\.applied).min() ?? 0
        let end = try recovery.run(
            applied: slowest,
            retry: { answer, timeMs in retries.insert(answer.client, answer.callID, answer.answer, atMs: timeMs) },
            visit: { record throws(HFSError) in try replay.add(record) })
        for writer in writers where writer.applied > end.lsn {
            throw HFSError(
                .corruptMetadata, "the shard has applied LSN \(writer.applied), the edits end at \(end.lsn)",
                subject: writer.path)
        }
        let readMs = clock.monotonicMs
        try replay.flush()
        logger.info(
            "namespace recovered",
            metadata: [
                "lsn": "\(end.lsn)", "replayed": "\(replay.count)", "answers": "\(retries.count)",
                "readMs": "\(readMs - startMs)", "ms": "\(clock.monotonicMs - startMs)",
            ])
        return Recovered(end: end, retries: retries)
    }

    /// The answers that were kept when a segment began which is still here.
    private static func retrySnapshot(
        _ edits: String, epoch: UInt32, io: any FileIO, logger: Logger
    ) throws(HFSError) -> RetrySnapshot? {
        let path = "\(edits)/\(RetrySnapshot.fileName)"
        guard io.exists(path) else { return nil }
        guard let snapshot = RetrySnapshot(try io.readAll(path), epoch: epoch) else {
            logger.warning("retry answers damaged, reading them from the log", metadata: ["file": "\(path)"])
            return nil
        }
        return io.exists("\(edits)/\(SegmentHeader.name(firstLSN: snapshot.firstLSN))") ? snapshot : nil
    }

    private static func assemble(
        _ configuration: ShardEngineConfiguration, _ edits: String, _ identity: NamespaceIdentity,
        _ writers: [ShardWriter],
        _ shardOf: [UInt8], _ recovered: Recovered, _ locks: [any IOFile], _ mirror: MirroredFileIO?,
        clock: any HFSClock,
        io: any FileIO,
        logger: Logger, registry: MetricsRegistry, onFatal: @escaping @Sendable (HFSError) -> Void
    ) throws(HFSError) -> ShardEngine {
        let end = recovered.end
        let metrics = EngineMetrics(registry)
        let applied = [UInt64](repeating: end.lsn, count: writers.count)
        let gate = LagGate(applied: applied, lagMax: configuration.lagMax, lagBytesMax: configuration.lagBytesMax)
        let fatal: @Sendable (HFSError) -> Void = { error in
            logger.critical("metadata engine failed", metadata: ["error": "\(error)"])
            gate.fail(error)
            onFatal(error)
        }
        let view = PublishedView(
            ids: end.reservation, published: end.lsn, shardOf: shardOf, applied: applied,
            bytesMax: configuration.cacheBytesMax, evictedRows: metrics.evictedRows)
        let keeper = SegmentKeeper(
            io: io,
            settings: SegmentKeeper.Settings(
                directory: edits, segmentBytes: configuration.segmentBytes,
                retention: RetentionPolicy(
                    bytes: configuration.editsRetentionBytes, ageMs: configuration.editsRetentionMs,
                    cursorBytes: configuration.cursorRetentionBytes, cursorAgeMs: configuration.cursorRetentionMs,
                    reserveBytes: configuration.editsReserveBytes),
                clock: clock, onLoss: { logger.error("events lost", metadata: ["what": "\($0)"]) }),
            segments: end.segments, awaitsCursors: configuration.awaitsCursors)
        let ledger = CheckpointLedger(synced: writers.map { _ in 0 }, keeper: keeper)
        let shards = writers.enumerated().map { index, writer in
            ShardThread(
                index: index, writer: writer,
                settings: ShardThread.Settings(
                    checkpointPages: configuration.checkpointPages, lingerMs: configuration.applyLingerMs,
                    changesWanted: configuration.applyChangesWanted),
                view: view, gate: gate, ledger: ledger, clock: clock, reached: end.lsn, onFatal: fatal)
        }
        let feed = EventFeed(source: SegmentFeedSource(io: io, keeper: keeper, view: view), clock: clock)
        let committer = BatchCommitter(
            log: try EditsLog(
                io: io, directory: edits, keeper: keeper, end: end, clock: clock,
                syncMicroseconds: metrics.syncMicroseconds),
            view: view, shards: shards, feed: feed, metrics: metrics, onFatal: fatal)
        let readers = ReaderPool(
            paths: writers.map(\.path), shardOf: shardOf, vfs: configuration.sqliteVFS,
            cacheBytes: configuration.shardCacheBytes / 4, queueMax: configuration.readQueueMax)
        let run = PlanRun(
            start: PlanRun.Start(
                lsn: end.lsn, epoch: identity.epoch, ids: end.reservation, retries: recovered.retries,
                clusterID: identity.clusterID, segmentPosition: end.position, segmentBytes: end.segmentBytes,
                newSegmentBytes: configuration.segmentBytes, smallFileBytes: end.segment?.smallFileBytes ?? 0),
            clock: clock, published: view, readers: readers, keeper: keeper, gate: gate, metrics: metrics,
            shardOf: shardOf)
        let planner = Planner(run: run, committer: committer, queueMax: configuration.submitQueueMax)
        run.planner = planner
        let parts = EngineParts(
            identity: identity, view: view, planner: planner, readers: readers, gate: gate, committer: committer,
            keeper: keeper, feed: feed, shards: shards, metrics: metrics, mirror: mirror, locks: locks)
        parts.registerGauges(registry)
        try parts.start(readerThreads: configuration.readerThreads)
        return ShardEngine(parts, recoveredIDs: end.reservation)
    }
}
