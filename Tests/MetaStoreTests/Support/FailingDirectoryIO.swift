import Core
import Synchronization

/// A disk of its own below some directories, which fails from a certain change on, or at that change only.
final class FailingDirectoryIO: FileIO {
    private struct State {
        var changes = 0
        var hasFailed = false
    }

    private let base: any FileIO
    private let prefix: String
    private let failing: Range<Int>
    private let state = Mutex(State())

    /// Changes below `prefix` are numbered from 1; those in `failing` fail.
    init(_ prefix: String, failing: Range<Int>, base: any FileIO = SystemFileIO()) {
        self.prefix = prefix
        self.failing = failing
        self.base = base
    }

    var hasFailed: Bool { state.withLock { $0.hasFailed } }

    private func change(_ path: String) throws(HFSError) {
        guard path.hasPrefix(prefix) else { return }
        let fails = state.withLock { state in
            state.changes += 1
            if failing.contains(state.changes) { state.hasFailed = true }
            return failing.contains(state.changes)
        }
        if fails { throw HFSError(.io, "the disk failed", subject: path) }
    }

    func open(_ path: String, _ mode: FileOpenMode) throws(HFSError) -> any IOFile {
        if mode == .create || mode == .replace { try change(path) }
        return File(try base.open(path, mode), path: path, owner: self)
    }

    func list(_ directory: String) throws(HFSError) -> [String] { try base.list(directory) }
    func exists(_ path: String) -> Bool { base.exists(path) }
    func createDirectory(_ path: String) throws(HFSError) { try base.createDirectory(path) }
    func freeBytes(at path: String) throws(HFSError) -> UInt64 { try base.freeBytes(at: path) }
    func lock(_ path: String) throws(HFSError) -> any IOFile { try base.lock(path) }

    func rename(_ path: String, to target: String) throws(HFSError) {
        try change(target)
        try base.rename(path, to: target)
    }

    func remove(_ path: String) throws(HFSError) {
        try change(path)
        try base.remove(path)
    }

    func syncDirectory(_ path: String) throws(HFSError) {
        try change(path)
        try base.syncDirectory(path)
    }

    private final class File: IOFile {
        private let base: any IOFile
        private let path: String
        private let owner: FailingDirectoryIO

        init(_ base: any IOFile, path: String, owner: FailingDirectoryIO) {
            self.base = base
            self.path = path
            self.owner = owner
        }

        func write(_ bytes: UnsafeRawBufferPointer, at offset: UInt64) throws(HFSError) {
            try owner.change(path)
            try base.write(bytes, at: offset)
        }

        func sync() throws(HFSError) {
            try owner.change(path)
            try base.sync()
        }

        func truncate(to size: UInt64) throws(HFSError) {
            try owner.change(path)
            try base.truncate(to: size)
        }

        func read(into bytes: UnsafeMutableRawBufferPointer, at offset: UInt64) throws(HFSError) -> Int {
            try base.read(into: bytes, at: offset)
        }

        func size() throws(HFSError) -> UInt64 { try base.size() }
        func close() { base.close() }
    }
}
