internal import Core
internal import Glibc
internal import Synchronization

/// One directory of replicas: its identity, its lock, its room, and whether it still works. Thread-safe.
final class Volume: Sendable {
    let layout: VolumeLayout
    let index: UInt16
    let kind: StorageKind
    let space: VolumeSpace
    private let lock: OpenFile
    private let state: Mutex<State>

    private struct State {
        var identity: VolumeIdentity
        var failure: String?
    }

    var identity: VolumeIdentity { state.withLock { $0.identity } }
    var storageID: String { state.withLock { $0.identity.storageID } }
    /// Why the volume is out of use; nil while it works.
    var failure: String? { state.withLock { $0.failure } }
    var isWorking: Bool { failure == nil }

    private init(
        layout: VolumeLayout, index: UInt16, kind: StorageKind, space: VolumeSpace, lock: OpenFile,
        identity: VolumeIdentity
    ) {
        self.layout = layout
        self.index = index
        self.kind = kind
        self.space = space
        self.lock = lock
        state = Mutex(State(identity: identity, failure: nil))
    }

    /// Opens a volume, making it when the directory is empty or missing.
    ///
    /// - Parameter datanodeUUID: the node's id when another volume has told it; a new volume takes it over.
    /// - Throws: `.lockHeld` when another process uses it, `.incompatibleLayout`, `.corruptMetadata`, `.wrongCluster` when it
    ///   belongs to another datanode, `.io`.
    static func open(
        _ configuration: VolumeConfiguration, index: UInt16, datanodeUUID: String?, reservedBytes: UInt64,
        clock: any HFSClock
    ) throws(HFSError) -> Volume {
        let layout = VolumeLayout(root: configuration.path)
        guard let kind = StorageKind(rawValue: configuration.kind) else {
            throw HFSError(.invalidArgument, "Unknown storage kind \(configuration.kind)", subject: configuration.path)
        }
        try FileSystem.makeDirectories(layout.root)
        guard let lock = try OpenFile.locked(layout.lockFile) else {
            let holder = try FileSystem.readText(layout.lockFile, bytesMax: 64)
            throw HFSError(.lockHeld, "The volume is in use by process \(holder)", subject: layout.root)
        }
        try lock.truncate(to: 0)
        try lock.write(Array(String(getpid()).utf8), at: 0)

        let identity: VolumeIdentity
        if FileSystem.exists(layout.versionFile) {
            let text = try FileSystem.readText(layout.versionFile, bytesMax: 4096)
            identity = try VolumeIdentity.parse(text, path: layout.versionFile)
            if let datanodeUUID, identity.datanodeUUID != datanodeUUID {
                throw HFSError(
                    .wrongCluster,
                    "The volume belongs to datanode \(identity.datanodeUUID), the others to \(datanodeUUID)",
                    subject: layout.root)
            }
        } else {
            guard !FileSystem.exists(layout.finalized) else {
                throw HFSError(.corruptMetadata, "The volume holds replicas but no VERSION file", subject: layout.root)
            }
            identity = VolumeIdentity(
                layoutVersion: VolumeLayout.version, datanodeUUID: datanodeUUID ?? UUIDText.random(),
                storageID: "DS-" + UUIDText.random())
            try FileSystem.replace(layout.versionFile, with: identity.text)
        }
        for folder in [layout.finalized, layout.rbw, layout.rwr, layout.temporary] {
            try FileSystem.makeDirectory(folder)
        }
        try FileSystem.syncDirectory(layout.root)
        let space = VolumeSpace(
            path: layout.root, reservedBytes: reservedBytes, limitBytes: configuration.limitBytes, clock: clock)
        return Volume(layout: layout, index: index, kind: kind, space: space, lock: lock, identity: identity)
    }

    /// Ties a new volume to its cluster; a no-op when it is tied to that one already. Errors: `.wrongCluster`.
    func bind(clusterID: String, poolID: String) throws(HFSError) {
        var identity = identity
        try check("cluster", identity.clusterID, clusterID)
        try check("block pool", identity.poolID, poolID)
        guard identity.clusterID == nil || identity.poolID == nil else { return }
        identity.clusterID = clusterID
        identity.poolID = poolID
        try FileSystem.replace(layout.versionFile, with: identity.text)
        state.withLock { $0.identity = identity }
    }

    private func check(_ what: String, _ own: String?, _ other: String) throws(HFSError) {
        guard own == nil || own == other else {
            throw HFSError(
                .wrongCluster, "The volume belongs to \(what) \(own ?? ""), not to \(other)", subject: layout.root)
        }
    }

    /// Takes the volume out of use. True for the first caller.
    func fail(_ reason: String) -> Bool {
        state.withLock { state in
            guard state.failure == nil else { return false }
            state.failure = reason
            return true
        }
    }

    /// Makes the folder of a finalized replica if it is missing, durably, and its siblings with it: the first thousand
    /// replicas of a volume would wait for the disk each.
    func makeFinalizedFolder(_ block: BlockID) throws(HFSError) {
        let folder = layout.finalizedFolder(block)
        guard !FileSystem.exists(folder) else { return }
        let parent = String(folder[..<(folder.lastIndex(of: "/") ?? folder.endIndex)])
        try FileSystem.makeDirectory(parent)
        for sibling in VolumeLayout.leafNames { try FileSystem.makeDirectory("\(parent)/\(sibling)") }
        try FileSystem.syncDirectory(parent)
        try FileSystem.syncDirectory(layout.finalized)
    }
}
