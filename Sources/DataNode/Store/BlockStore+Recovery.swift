internal import Core
internal import Glibc

extension BlockStore {
    /// What a replica was when its recovery began.
    struct RecoveryState: Hashable, Sendable {
        var state: ReplicaState
        var generationStamp: GenerationStamp
        var length: UInt64
    }

    // MARK: Pipeline recovery, driven by the client

    /// Goes on with a replica that was being written: stops its writer, cuts what no client was told of, takes the new stamp.
    /// `owner` has the replica afterwards (stage PIPELINE_SETUP_STREAMING_RECOVERY; HDFS's `recoverRbw`).
    ///
    /// - Throws: `.replicaNotFound` when the stamp or the length do not fit what the client knows.
    func recoverForStreaming(
        _ block: BlockID, _ stamp: GenerationStamp, newStamp: GenerationStamp, lengths: ClosedRange<UInt64>,
        owner: any ReplicaOwner
    ) throws(HFSError) -> OpenReplica {
        try acquire(block, owner, stopsOther: true)
        do throws(HFSError) {
            let replica = try checkedOpen(block, stamp, newStamp)
            let progress = replica.progress
            guard progress.acknowledged >= lengths.lowerBound, progress.written <= lengths.upperBound else {
                throw Self.notFound(
                    block, stamp,
                    "Replica of \(progress.acknowledged) acknowledged of \(progress.written) bytes does not fit "
                        + "\(lengths.lowerBound) to \(lengths.upperBound), not found")
            }
            // What lies behind the acknowledged bytes was never compared with its checksums: the tail may have been the one lost.
            try replica.truncate(to: progress.acknowledged)
            try setStamp(newStamp, replica)
            return replica
        } catch {
            release(block, owner)
            throw error
        }
    }

    /// Ends a block whose writer had sent all of it when the pipeline broke (stage PIPELINE_CLOSE_RECOVERY).
    func recoverForClose(
        _ block: BlockID, _ stamp: GenerationStamp, newStamp: GenerationStamp, length: UInt64
    ) throws(HFSError) -> ReplicaRecord {
        try owning(block) { () throws(HFSError) -> ReplicaRecord in
            guard let record = record(block) else { throw Self.notFound(block, stamp) }
            // One that a primary recovers is no longer the client's to close.
            let isFinal = record.state == .finalized && state.withLock { $0.recoveries[block] } == nil
            let open = isFinal ? nil : try checkedOpen(block, stamp, newStamp)
            let (own, written) =
                open.map { ($0.progress.generationStamp, $0.progress.written) }
                ?? (record.generationStamp, record.length)
            guard written == length, own >= stamp, own <= newStamp else {
                throw Self.notFound(block, stamp, "Replica of \(written) bytes is not the one to close, not found")
            }
            guard let open else { return try restamp(block, record, newStamp) }
            try setStamp(newStamp, open)
            // The packet that said whether the client wants it on the disk is the one that was lost.
            return try finalize(open, isSynced: true)
        }
    }

    private func checkedOpen(
        _ block: BlockID, _ stamp: GenerationStamp, _ newStamp: GenerationStamp
    ) throws(HFSError) -> OpenReplica {
        let (record, open, recovery) = state.withLock { ($0.replicas[block], $0.open[block], $0.recoveries[block]) }
        guard let record, let open else { throw Self.notFound(block, stamp) }
        guard record.state == .rbw, recovery == nil else {
            throw Self.notFound(block, stamp, "Cannot recover a replica that is not being written, not found")
        }
        let own = open.progress.generationStamp
        guard own >= stamp, own <= newStamp else {
            throw Self.notFound(block, stamp, "Replica has generation stamp \(own), not found")
        }
        return open
    }

    /// A replica that waits for recovery becomes one being written again. Owner only.
    private func reopen(_ block: BlockID, _ record: ReplicaRecord) throws(HFSError) -> OpenReplica {
        let layout = volume(record).layout
        let stamp = record.generationStamp
        do throws(HFSError) {
            let data = try OpenFile.open(layout.dataPath(block, record.state), O_RDWR)
            let sums = try OpenFile.open(layout.sumsPath(block, stamp, record.state), O_RDWR)
            let head = try sums.read(at: 0, count: ChecksumFormat.headerBytes)
            guard let format = head.isEmpty && record.length == 0 ? .standard : ChecksumFormat(header: head) else {
                throw HFSError(.checksumMismatch, "The checksum file has no valid header", subject: sums.path)
            }
            let partial = try lastChunkSum(data, sums, format, record.length)
            try FileSystem.rename(data.path, to: layout.dataPath(block, .rbw))
            try FileSystem.rename(sums.path, to: layout.sumsPath(block, stamp, .rbw))
            let progress = OpenReplica.Progress(
                generationStamp: stamp, written: record.length, acknowledged: record.length, partialSum: partial,
                hasHeader: !head.isEmpty, isNameDurable: false)
            let replica = OpenReplica(
                block: block, volume: volume(record), format: format,
                data: try OpenFile.open(layout.dataPath(block, .rbw), O_RDWR),
                sums: try OpenFile.open(layout.sumsPath(block, stamp, .rbw), O_RDWR), progress: progress)
            state.update { state in
                var changed = record
                changed.state = .rbw
                set(changed, block, &state)
                state.open[block] = replica
            }
            return replica
        } catch {
            noteFailure(error, of: volume(record))
            throw error
        }
    }

    /// The checksum of the last chunk when it is not full, after comparing it with the bytes.
    private func lastChunkSum(
        _ data: OpenFile, _ sums: OpenFile, _ format: ChecksumFormat, _ length: UInt64
    ) throws(HFSError) -> UInt32 {
        let start = length / UInt64(format.chunkBytes) * UInt64(format.chunkBytes)
        guard length > start, format.kind != .none else { return 0 }
        guard
            try ReplicaVerifier.verifiedPrefix(data: data, sums: sums, format: format, length: length, from: start)
                == length
        else { throw HFSError(.checksumMismatch, "The last chunk does not match its checksum", subject: data.path) }
        let stored = try sums.read(at: format.sumOffset(chunk: start / UInt64(format.chunkBytes)), count: 4)
        return stored.withUnsafeBytes { ChecksumFormat.sum($0, 0) }
    }

    /// One rename of the checksum file, which is what carries the stamp. Owner only.
    private func setStamp(_ stamp: GenerationStamp, _ replica: OpenReplica) throws(HFSError) {
        let old = replica.progress.generationStamp
        guard stamp != old, let record = record(replica.block) else { return }
        let layout = replica.volume.layout
        do throws(HFSError) {
            try FileSystem.rename(
                layout.sumsPath(replica.block, old, record.state),
                to: layout.sumsPath(replica.block, stamp, record.state))
        } catch {
            noteFailure(error, of: replica.volume)
            throw error
        }
        replica.change {
            $0.generationStamp = stamp
            $0.isNameDurable = false
        }
        state.update { $0.replicas[replica.block]?.generationStamp = stamp }
    }

    /// Gives a finalized replica a new stamp. It stays finalized, before and after the one rename. Owner only.
    private func restamp(
        _ block: BlockID, _ record: ReplicaRecord, _ stamp: GenerationStamp
    ) throws(HFSError) -> ReplicaRecord {
        precondition(record.state == .finalized, "only a finalized replica is given a stamp where it lies")
        let layout = volume(record).layout
        var changed = record
        changed.generationStamp = stamp
        do throws(HFSError) {
            let data = try OpenFile.open(layout.dataPath(block, .finalized), O_RDONLY)
            let sums = try OpenFile.open(layout.sumsPath(block, record.generationStamp, .finalized), O_RDONLY)
            if stamp != record.generationStamp {
                try FileSystem.rename(sums.path, to: layout.sumsPath(block, stamp, .finalized))
            }
            state.update { state in
                set(changed, block, &state)
                state.recoveries[block] = nil
            }
            try data.syncData()
            try sums.syncData()
            try FileSystem.syncDirectory(layout.finalizedFolder(block))
        } catch {
            noteFailure(error, of: volume(record))
            throw error
        }
        return changed
    }

    // MARK: Block recovery, driven by a primary datanode

    /// Stops who writes the replica and says what it holds (HDFS's `initReplicaRecovery`). Nil when it is not here.
    ///
    /// The mark that it leaves keeps out the old writer and older recoveries, for which the namenode has no use any more;
    /// readers, deletion, a repetition and a newer recovery pass. So a primary that dies leaves nothing to clean up: the mark
    /// goes with the replica, with its finalization, or with the process.
    ///
    /// - Throws: `.replicaNotFound` for a replica older than the block, `.recoveryInProgress` when a newer recovery runs,
    ///   `.io` when a volume that might hold the replica has failed.
    func beginRecovery(
        _ block: BlockID, _ stamp: GenerationStamp, recoveryID: GenerationStamp
    ) throws(HFSError) -> RecoveryState? {
        guard record(block) != nil else {
            // A primary that hears "not here" from all may have the block deleted: only a node that sees all it has may say so.
            if let failed = volumes.first(where: { !$0.isWorking }) {
                throw HFSError(.io, "The replica may be on a volume that failed", subject: failed.layout.root)
            }
            return nil
        }
        return try owning(block) { () throws(HFSError) -> RecoveryState? in
            let (record, open, running) = state.withLock { ($0.replicas[block], $0.open[block], $0.recoveries[block]) }
            guard let record, record.state != .temporary else { return nil }
            let own = open?.progress.generationStamp ?? record.generationStamp
            guard own >= stamp else {
                throw Self.notFound(block, stamp, "Replica has generation stamp \(own), not found")
            }
            // The recovery's own stamp: a primary that is gone finished this replica, or nearly, and told nobody.
            guard own <= recoveryID, (running ?? GenerationStamp(0)) <= recoveryID else {
                throw HFSError(
                    .recoveryInProgress,
                    "\(block) has generation stamp \(own) and recovery \(running ?? own), asked for \(recoveryID)")
            }
            let isFinished = record.state == .finalized && own == recoveryID
            if !isFinished { state.update { $0.recoveries[block] = recoveryID } }
            return RecoveryState(
                state: record.state, generationStamp: own, length: open?.progress.written ?? record.length)
        }
    }

    /// Cuts the replica to the length agreed on, gives it the recovery's id as stamp and finalizes it
    /// (HDFS's `updateReplicaUnderRecovery`). Doing it twice is the same as once.
    func finishRecovery(
        _ block: BlockID, recoveryID: GenerationStamp, length: UInt64
    ) throws(HFSError) -> ReplicaRecord {
        try owning(block) { () throws(HFSError) -> ReplicaRecord in
            let (record, open, running) = state.withLock { ($0.replicas[block], $0.open[block], $0.recoveries[block]) }
            guard let record else { throw Self.notFound(block, recoveryID) }
            if record.state == .finalized, record.generationStamp == recoveryID, record.length == length {
                return record
            }
            guard running == recoveryID else {
                throw HFSError(.recoveryInProgress, "\(block) is not under recovery \(recoveryID)")
            }
            let have = open?.progress.written ?? record.length
            guard have >= length, record.state != .finalized || have == length else {
                throw HFSError(.io, "A replica of \(have) bytes cannot be recovered to \(length)", subject: "\(block)")
            }
            if record.state == .finalized { return try restamp(block, record, recoveryID) }
            let replica: OpenReplica
            if let open { replica = open } else { replica = try reopen(block, record) }
            try replica.truncate(to: length)
            try setStamp(recoveryID, replica)
            // The namenode closes the file on the strength of this: the bytes must outlive the machine.
            return try finalize(replica, isSynced: true)
        }
    }
}
