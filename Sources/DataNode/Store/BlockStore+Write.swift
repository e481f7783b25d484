internal import Core
internal import Glibc
internal import Logging

extension BlockStore {
    /// Starts a replica, owned by `owner` from then on.
    ///
    /// - Parameters:
    ///   - expectedBytes: what the replica may grow to: volumes with that much room are preferred.
    ///   - isTemporary: a copy from another datanode, thrown away when it breaks.
    /// - Throws: `.alreadyExists`, `.noSpace` when no volume has room, `.io`.
    func create(
        _ block: BlockID, _ stamp: GenerationStamp, expectedBytes: UInt64, isTemporary: Bool, format: ChecksumFormat,
        owner: any ReplicaOwner
    ) throws(HFSError) -> OpenReplica {
        let wanted: ReplicaState = isTemporary ? .temporary : .rbw
        try dropOlder(block, than: stamp, wanted)
        try acquire(block, owner, stopsOther: false)
        do throws(HFSError) {
            guard record(block) == nil else {
                throw HFSError(.alreadyExists, "Block \(block)_\(stamp) already exists and cannot be created")
            }
            var lastError = HFSError(.noSpace, "No volume has room for a new replica", subject: "\(block)")
            for volume in candidates(expectedBytes) {
                do throws(HFSError) {
                    let replica = try openNew(block, stamp, wanted, format, volume)
                    state.withLock { state in
                        set(
                            ReplicaRecord(generationStamp: stamp, length: 0, state: wanted, volume: volume.index),
                            block, &state)
                        state.open[block] = replica
                    }
                    return replica
                } catch {
                    noteFailure(error, of: volume)
                    lastError = error
                }
            }
            throw lastError
        } catch {
            release(block, owner)
            throw error
        }
    }

    /// A copy that comes with a newer stamp takes the place of an unfinished older one, as in HDFS.
    private func dropOlder(_ block: BlockID, than stamp: GenerationStamp, _ wanted: ReplicaState) throws(HFSError) {
        guard wanted == .temporary, let old = record(block), old.generationStamp < stamp,
            old.state == .temporary || old.state == .rbw || old.state == .rwr
        else { return }
        _ = try delete(block, atMost: old.generationStamp)
    }

    private func openNew(
        _ block: BlockID, _ stamp: GenerationStamp, _ wanted: ReplicaState, _ format: ChecksumFormat, _ volume: Volume
    ) throws(HFSError) -> OpenReplica {
        try volume.space.take(ReplicaFootprint.bytes(0))
        let dataPath = volume.layout.dataPath(block, wanted)
        do throws(HFSError) {
            let data = try OpenFile.open(dataPath, O_RDWR | O_CREAT | O_TRUNC)
            let sums = try OpenFile.open(volume.layout.sumsPath(block, stamp, wanted), O_RDWR | O_CREAT | O_TRUNC)
            let progress = OpenReplica.Progress(
                generationStamp: stamp, written: 0, acknowledged: 0, partialSum: 0, hasHeader: false,
                isNameDurable: false)
            return OpenReplica(block: block, volume: volume, format: format, data: data, sums: sums, progress: progress)
        } catch {
            volume.space.giveBack(ReplicaFootprint.bytes(0))
            _ = unlink(dataPath)
            throw error
        }
    }

    /// Working volumes in turn: those with room for the whole block first, then those with any room.
    private func candidates(_ expectedBytes: UInt64) -> [Volume] {
        let start = state.withLock { state -> Int in
            state.nextVolume += 1
            return state.nextVolume
        }
        let inTurn = volumes.indices.map { volumes[($0 + start) % volumes.count] }.filter { $0.isWorking }
        let withRoom = inTurn.map { ($0, $0.space.report().remaining) }.filter { $0.1 >= Self.roomMin }
        let needed = ReplicaFootprint.bytes(min(expectedBytes, 1 << 40))
        return withRoom.filter { $0.1 >= needed }.map(\.0) + withRoom.filter { $0.1 < needed }.map(\.0)
    }

    /// Makes a replica final: from here on its bytes never change. Owner only.
    ///
    /// - Parameter isSynced: when this returns the bytes and the name are on the disk.
    /// - Throws: `.replicaNotFound` when it was dropped meanwhile, `.io`, `.noSpace`.
    @discardableResult
    func finalize(_ replica: OpenReplica, isSynced: Bool) throws(HFSError) -> ReplicaRecord {
        let block = replica.block
        let layout = replica.volume.layout
        guard let record = record(block), record.state != .finalized, state.withLock({ $0.open[block] }) === replica
        else {
            throw Self.notFound(block, replica.progress.generationStamp, "Replica was dropped while it was written")
        }
        do throws(HFSError) {
            try replica.writeHeaderIfMissing()
            let isSynced = isSynced || syncsOnClose
            // Bytes, then names, then syncs: the journal commits once instead of after each step.
            if isSynced { try replica.writeBack() }
            do throws(HFSError) {
                try giveFinalNames(replica, record)
                if isSynced { try syncFinal(replica, layout.finalizedFolder(block)) }
            } catch {
                takeFinalNames(from: replica, record)
                throw error
            }
            let final = ReplicaRecord(
                generationStamp: replica.progress.generationStamp, length: replica.progress.written, state: .finalized,
                volume: record.volume)
            state.update { state in
                set(final, block, &state)
                state.open[block] = nil
                state.recoveries[block] = nil
            }
            return final
        } catch {
            noteFailure(error, of: replica.volume)
            throw error
        }
    }

    private func giveFinalNames(_ replica: OpenReplica, _ record: ReplicaRecord) throws(HFSError) {
        let (block, layout) = (replica.block, replica.volume.layout)
        let stamp = replica.progress.generationStamp
        let target = layout.sumsPath(block, stamp, .finalized)
        let source = layout.sumsPath(block, stamp, record.state)
        do throws(HFSError) { try FileSystem.rename(source, to: target) } catch  where error.code == .fileNotFound {
            try replica.volume.makeFinalizedFolder(block)
            try FileSystem.rename(source, to: target)
        }
        try FileSystem.rename(layout.dataPath(block, record.state), to: layout.dataPath(block, .finalized))
    }

    /// Undoes as much of `giveFinalNames` as was done: the replica is not final, and its files lie where its state says.
    /// What fails here is logged: the caller throws what failed first.
    private func takeFinalNames(from replica: OpenReplica, _ record: ReplicaRecord) {
        let (block, layout) = (replica.block, replica.volume.layout)
        let stamp = replica.progress.generationStamp
        replica.change { $0.isNameDurable = false }
        takeBack(layout.dataPath(block, .finalized), to: layout.dataPath(block, record.state), block)
        takeBack(layout.sumsPath(block, stamp, .finalized), to: layout.sumsPath(block, stamp, record.state), block)
    }

    /// Where the old name is still there, the final one was not given.
    private func takeBack(_ final: String, to path: String, _ block: BlockID) {
        guard !FileSystem.exists(path) else { return }
        do throws(HFSError) { try FileSystem.rename(final, to: path) } catch {
            guard error.code != .fileNotFound else { return }
            logger.error(
                "final_name_stays",
                metadata: ["block": .stringConvertible(block), "path": .string(final), "error": .string("\(error)")])
        }
    }

    /// A copied replica becomes one being written, with all its bytes visible (pipeline recovery, TRANSFER_RBW). Owner only.
    func convertToRBW(_ replica: OpenReplica) throws(HFSError) {
        let block = replica.block
        guard let record = record(block), record.state == .temporary else {
            throw Self.notFound(block, replica.progress.generationStamp, "No temporary replica")
        }
        let layout = replica.volume.layout
        let stamp = replica.progress.generationStamp
        do throws(HFSError) {
            try replica.writeHeaderIfMissing()
            try FileSystem.rename(layout.sumsPath(block, stamp, .temporary), to: layout.sumsPath(block, stamp, .rbw))
            try FileSystem.rename(layout.dataPath(block, .temporary), to: layout.dataPath(block, .rbw))
        } catch {
            noteFailure(error, of: replica.volume)
            throw error
        }
        replica.acknowledge(replica.progress.written)
        replica.change { $0.isNameDurable = false }
        state.update { state in
            state.replicas[block]?.state = .rbw
        }
    }

    /// Waits until all that is written is on the disk, and the replica's names with it. Owner only.
    /// Errors: `.replicaNotFound` when it was dropped meanwhile, `.io`, `.noSpace`.
    func sync(_ replica: OpenReplica) throws(HFSError) {
        guard let record = record(replica.block) else {
            throw Self.notFound(
                replica.block, replica.progress.generationStamp, "Replica was dropped while it was written")
        }
        // Its files were opened elsewhere if it began as a copy.
        try replica.sync(folder: replica.volume.layout.folder(replica.block, record.state))
    }

    /// After a failed write: a copy, or a replica of which no client was told a byte, is dropped; another is cut to what the
    /// client was told and stays for recovery. Owner only.
    func abandon(_ replica: OpenReplica, keepsUnacknowledged: Bool) {
        guard let record = record(replica.block), state.withLock({ $0.open[replica.block] }) === replica else { return }
        do throws(HFSError) {
            if record.state == .temporary || (!keepsUnacknowledged && replica.progress.acknowledged == 0) {
                try removeFiles(replica.block, record, replica)
            } else if !keepsUnacknowledged {
                try replica.truncate(to: replica.progress.acknowledged)
            }
        } catch {
            noteFailure(error, of: replica.volume)
            logger.error(
                "abandon_failed", metadata: ["block": .stringConvertible(replica.block), "error": .string("\(error)")])
        }
    }

    /// Drops a replica and its files, stopping who writes it. The record that was there, or nil when none was or it is newer
    /// than `newest`: a recovery may give it a new stamp until this owns it.
    func delete(
        _ block: BlockID, atMost newest: GenerationStamp = GenerationStamp(UInt64.max)
    ) throws(HFSError) -> ReplicaRecord? {
        guard let known = record(block), known.generationStamp <= newest else { return nil }
        return try owning(block) { () throws(HFSError) -> ReplicaRecord? in
            guard let record = record(block), record.generationStamp <= newest else { return nil }
            let open = state.withLock { $0.open[block] }
            do throws(HFSError) { try removeFiles(block, record, open) } catch {
                noteFailure(error, of: volume(record))
                throw error
            }
            return record
        }
    }

    private func removeFiles(_ block: BlockID, _ record: ReplicaRecord, _ open: OpenReplica?) throws(HFSError) {
        let volume = volume(record)
        state.update { state in
            set(nil, block, &state)
            state.open[block] = nil
            state.recoveries[block] = nil
        }
        // Data first: a checksum file alone is recognised as rubbish.
        let stamp = open?.progress.generationStamp ?? record.generationStamp
        try FileSystem.remove(volume.layout.dataPath(block, record.state))
        try FileSystem.remove(volume.layout.sumsPath(block, stamp, record.state))
        volume.space.giveBack(ReplicaFootprint.bytes(open?.progress.written ?? record.length))
    }
}
