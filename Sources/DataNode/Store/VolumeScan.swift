internal import Core
internal import Glibc
internal import Logging

/// What lies in a volume when the datanode starts: finds the replicas, and brings those that were being written when it
/// stopped into state RWR with the length that their checksums prove.
struct VolumeScan {
    struct Found {
        var block: BlockID
        var record: ReplicaRecord
        /// Data and checksum file together.
        var fileBytes: UInt64
    }

    let volume: Volume
    let logger: Logger
    private var layout: VolumeLayout { volume.layout }

    init(volume: Volume, logger: Logger) {
        self.volume = volume
        self.logger = logger
    }

    func run() throws(HFSError) -> [Found] {
        for name in try FileSystem.names(in: layout.temporary) { try FileSystem.remove(layout.temporary + "/" + name) }
        var found: [Found] = []
        for state in [ReplicaState.rbw, .rwr] { try recoverUnfinished(in: state, &found) }
        for first in try FileSystem.names(in: layout.finalized) {
            let parent = layout.finalized + "/" + first
            for second in try FileSystem.names(in: parent) { try scanFinalized(parent + "/" + second, &found) }
        }
        return found
    }

    private func scanFinalized(_ folder: String, _ found: inout [Found]) throws(HFSError) {
        var data: [BlockID] = []
        var stamps: [BlockID: GenerationStamp] = [:]
        for name in try FileSystem.names(in: folder) {
            if let block = VolumeLayout.block(dataName: name) {
                data.append(block)
            } else if let (block, stamp) = VolumeLayout.blockAndStamp(sumsName: name) {
                stamps[block] = stamp
            }
        }
        for block in data {
            guard let stamp = stamps.removeValue(forKey: block) else {
                warn("replica without a checksum file, not served", block)
                continue
            }
            let length = try FileSystem.size(folder + "/" + VolumeLayout.dataName(block))
            let sums = try FileSystem.size(folder + "/" + VolumeLayout.sumsName(block, stamp))
            guard try isWhole(folder + "/" + VolumeLayout.sumsName(block, stamp), data: length, sums: sums) else {
                warn("finalized replica without all of its bytes, waits for recovery", block)
                found.append(try unfinished(block, stamp, folder, folder))
                continue
            }
            let record = ReplicaRecord(generationStamp: stamp, length: length, state: .finalized, volume: volume.index)
            found.append(Found(block: block, record: record, fileBytes: length + sums))
        }
        // A checksum file alone: a finalize that stopped half-way has been undone before, so it guards nothing.
        for (block, stamp) in stamps {
            warn("checksum file without a replica, removed", block)
            try FileSystem.remove(folder + "/" + VolumeLayout.sumsName(block, stamp))
        }
    }

    private func recoverUnfinished(in state: ReplicaState, _ found: inout [Found]) throws(HFSError) {
        let folder = layout.folder(BlockID(0), state)
        let names = try FileSystem.names(in: folder)
        let blocks = names.compactMap { VolumeLayout.block(dataName: $0) }
        for block in blocks {
            guard let (sumsPath, stamp) = try sumsFile(of: block) else {
                warn("unfinished replica without a checksum file, removed", block)
                try FileSystem.remove(folder + "/" + VolumeLayout.dataName(block))
                continue
            }
            let sumsFolder = String(sumsPath[..<(sumsPath.lastIndex(of: "/") ?? sumsPath.endIndex)])
            found.append(try unfinished(block, stamp, folder, sumsFolder))
        }
        for name in try FileSystem.names(in: folder) {
            guard let (block, stamp) = VolumeLayout.blockAndStamp(sumsName: name) else { continue }
            guard !FileSystem.exists(layout.dataPath(block, .rwr)) else { continue }
            warn("checksum file without a replica, removed", block)
            try FileSystem.remove(layout.sumsPath(block, stamp, state))
        }
    }

    /// Cuts a replica to what its checksums prove and has it wait for recovery.
    private func unfinished(
        _ block: BlockID, _ stamp: GenerationStamp, _ folder: String, _ sumsFolder: String
    ) throws(HFSError) -> Found {
        let data = try OpenFile.open(folder + "/" + VolumeLayout.dataName(block), O_RDWR)
        let sums = try OpenFile.open(sumsFolder + "/" + VolumeLayout.sumsName(block, stamp), O_RDWR)
        let length = try ReplicaVerifier.salvage(data: data, sums: sums)
        let (sumsTarget, target) = (layout.sumsPath(block, stamp, .rwr), layout.dataPath(block, .rwr))
        if sums.path != sumsTarget { try FileSystem.rename(sums.path, to: sumsTarget) }
        if data.path != target { try FileSystem.rename(data.path, to: target) }
        let record = ReplicaRecord(generationStamp: stamp, length: length, state: .rwr, volume: volume.index)
        return Found(block: block, record: record, fileBytes: length + (try sums.size()))
    }

    /// Whether a finalized replica's checksum file is as long as its data asks for. A power cut may leave one that nobody
    /// asked to sync with a part of either.
    private func isWhole(_ sumsPath: String, data: UInt64, sums: UInt64) throws(HFSError) -> Bool {
        if sums == ChecksumFormat.standard.fileBytes(data) { return true }
        let head = try OpenFile.open(sumsPath, O_RDONLY).read(at: 0, count: ChecksumFormat.headerBytes)
        return ChecksumFormat(header: head).map { sums == $0.fileBytes(data) } ?? false
    }

    /// The checksum file of an unfinished replica: a move between folders may have stopped after taking it along.
    private func sumsFile(of block: BlockID) throws(HFSError) -> (path: String, stamp: GenerationStamp)? {
        for folder in [layout.rbw, layout.rwr, layout.finalizedFolder(block)] where FileSystem.exists(folder) {
            // Only the block's own names are looked for; these folders hold few replicas, or this happens rarely.
            for name in try FileSystem.names(in: folder) {
                if let (named, stamp) = VolumeLayout.blockAndStamp(sumsName: name), named == block {
                    return (folder + "/" + name, stamp)
                }
            }
        }
        return nil
    }

    private func warn(_ what: String, _ block: BlockID) {
        logger.warning(
            "volume_scan",
            metadata: ["what": .string(what), "block": .stringConvertible(block), "volume": .string(layout.root)])
    }
}
