import Core
import Synchronization

/// A `FaultFileIO` that asks a hook before each sync of a file and after each rename, by path: for faults at one certain
/// place, whatever other threads do to the disk meanwhile.
final class HookedFileIO: FileIO {
    enum Event { case sync, renamed }

    let base: FaultFileIO
    private let hook = Mutex<(@Sendable (Event, String) throws(HFSError) -> Void)?>(nil)

    init(_ base: FaultFileIO = FaultFileIO()) { self.base = base }

    func set(_ hook: (@Sendable (Event, String) throws(HFSError) -> Void)?) { self.hook.withLock { $0 = hook } }

    /// The process ends at the next event of this kind at a path that holds `text`.
    func kill(at event: Event, _ text: String) {
        set { [base] happened, path throws(HFSError) in
            guard happened == event, path.contains(text) else { return }
            base.kill()
            throw HFSError(.io, "the process is killed at this \(happened)", subject: path)
        }
    }

    private func tell(_ event: Event, _ path: String) throws(HFSError) {
        if let hook = hook.withLock({ $0 }) { try hook(event, path) }
    }

    func open(_ path: String, _ mode: FileOpenMode) throws(HFSError) -> any IOFile {
        File(try base.open(path, mode), path: path, owner: self)
    }

    func list(_ directory: String) throws(HFSError) -> [String] { try base.list(directory) }
    func exists(_ path: String) -> Bool { base.exists(path) }
    func createDirectory(_ path: String) throws(HFSError) { try base.createDirectory(path) }
    func freeBytes(at path: String) throws(HFSError) -> UInt64 { try base.freeBytes(at: path) }
    func lock(_ path: String) throws(HFSError) -> any IOFile { try base.lock(path) }
    func remove(_ path: String) throws(HFSError) { try base.remove(path) }
    func syncDirectory(_ path: String) throws(HFSError) { try base.syncDirectory(path) }

    func rename(_ path: String, to target: String) throws(HFSError) {
        try base.rename(path, to: target)
        try tell(.renamed, target)
    }

    private final class File: IOFile {
        private let base: any IOFile
        private let path: String
        private let owner: HookedFileIO

        init(_ base: any IOFile, path: String, owner: HookedFileIO) {
            self.base = base
            self.path = path
            self.owner = owner
        }

        func write(_ bytes: UnsafeRawBufferPointer, at offset: UInt64) throws(HFSError) {
            try base.write(bytes, at: offset)
        }

        func read(into bytes: UnsafeMutableRawBufferPointer, at offset: UInt64) throws(HFSError) -> Int {
            try base.read(into: bytes, at: offset)
        }

        func sync() throws(HFSError) {
            try owner.tell(.sync, path)
            try base.sync()
        }

        func size() throws(HFSError) -> UInt64 { try base.size() }
        func truncate(to size: UInt64) throws(HFSError) { try base.truncate(to: size) }
        func close() { base.close() }
    }
}
