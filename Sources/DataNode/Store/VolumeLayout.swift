internal import Core

/// Names of files and folders in a volume.
///
/// Finalized replicas lie in 32 by 32 subfolders by a hash of the block id, so that no folder grows past some thousands of
/// names at a million blocks. The data file's place is what counts: its rename is the commit point of each change of state.
struct VolumeLayout: Sendable {
    static let version: UInt32 = 1
    static let fanOut = 32

    let root: String

    var versionFile: String { root + "/VERSION" }
    var lockFile: String { root + "/in_use.lock" }
    var finalized: String { root + "/finalized" }
    var rbw: String { root + "/rbw" }
    var rwr: String { root + "/rwr" }
    var temporary: String { root + "/temporary" }

    static func dataName(_ block: BlockID) -> String { "blk_\(block.rawValue)" }
    static func sumsName(_ block: BlockID, _ stamp: GenerationStamp) -> String {
        "blk_\(block.rawValue)_\(stamp.rawValue).meta"
    }

    /// The names of the folders in each folder of `finalized`.
    static let leafNames = (0..<fanOut).map { "subdir\($0)" }

    /// The folder of a finalized replica, below `finalized`.
    func finalizedFolder(_ block: BlockID) -> String {
        let hash = (block.rawValue &* 0x9E37_79B9_7F4A_7C15) >> 54
        return "\(finalized)/subdir\(hash / UInt64(Self.fanOut))/subdir\(hash % UInt64(Self.fanOut))"
    }

    /// The folder of a replica in the given state. Replicas under recovery are where the state before put them.
    func folder(_ block: BlockID, _ state: ReplicaState) -> String {
        switch state {
        case .finalized: finalizedFolder(block)
        case .rbw: rbw
        case .rwr, .rur: rwr
        case .temporary: temporary
        }
    }

    func dataPath(_ block: BlockID, _ state: ReplicaState) -> String {
        folder(block, state) + "/" + Self.dataName(block)
    }

    func sumsPath(_ block: BlockID, _ stamp: GenerationStamp, _ state: ReplicaState) -> String {
        folder(block, state) + "/" + Self.sumsName(block, stamp)
    }

    /// The block that a data file's name stands for; nil for any other name.
    static func block(dataName name: String) -> BlockID? {
        guard name.hasPrefix("blk_"), let id = UInt64(name.dropFirst(4)) else { return nil }
        return BlockID(id)
    }

    /// The block and stamp that a checksum file's name stands for.
    static func blockAndStamp(sumsName name: String) -> (BlockID, GenerationStamp)? {
        guard name.hasPrefix("blk_"), name.hasSuffix(".meta") else { return nil }
        let parts = name.dropFirst(4).dropLast(5).split(separator: "_", omittingEmptySubsequences: false)
        guard parts.count == 2, let id = UInt64(parts[0]), let stamp = UInt64(parts[1]) else { return nil }
        return (BlockID(id), GenerationStamp(stamp))
    }
}
