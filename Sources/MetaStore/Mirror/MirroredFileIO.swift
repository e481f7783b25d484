internal import Core
internal import Logging

/// The directories of the edits log as one: every change goes to all that are in use, and one that fails is left out from then
/// on while another one did not.
///
/// Paths are those of the first directory, whether it is still in use or not. All directories hold the same when this is made
/// (`EditsMirror`), so reads go to any one in use. A directory that was left out never comes back in the same process.
///
/// `@unchecked Sendable`: `inUse`, `generation` and `failures` are used only with `lock` held. `dropping` is held for as long
/// as it takes to tell the other directories, so that nobody goes on without a directory before that is durable.
final class MirroredFileIO: FileIO, @unchecked Sendable {
    private let base: any FileIO
    private let directories: [String]
    /// The namespace's own directory.
    private let home: String
    private let logger: Logger
    private let lock = ConditionLock()
    private let dropping = ConditionLock()
    private var inUse: [Int]
    private var generation: UInt64
    private var failures: [(directory: String, error: HFSError)] = []

    /// `model`: the directory that was copied from; reads go to it while it is in use.
    init(base: any FileIO, directories: [String], model: Int, home: String, generation: UInt64, logger: Logger) {
        self.base = base
        self.directories = directories
        self.home = home
        self.generation = generation
        self.logger = logger
        inUse = [model] + directories.indices.filter { $0 != model }
    }

    /// Directories that every change goes to.
    var inUseCount: Int { lock.withLock { inUse.count } }
    /// Those that were left out, and why.
    var dropped: [(directory: String, error: HFSError)] { lock.withLock { failures } }

    private var used: [Int] { lock.withLock { inUse } }

    private func path(_ path: String, in index: Int) -> String {
        precondition(path.hasPrefix(directories[0]), "a path outside the edits directories")
        return directories[index] + path.dropFirst(directories[0].utf8.count)
    }

    /// Does something in every directory in use. Those that fail are left out when it succeeded in another one; where it
    /// failed in all of them none is left out, and the first error is thrown.
    private func each(_ body: (Int) throws(HFSError) -> Void) throws(HFSError) {
        var failed: [(index: Int, error: HFSError)] = []
        var isDone = false
        for index in used {
            do throws(HFSError) {
                try body(index)
                isDone = true
            } catch {
                failed.append((index, error))
            }
        }
        guard let first = failed.first else { return }
        guard isDone else { throw first.error }
        for (index, error) in failed { try drop(index, error) }
    }

    /// Leaves a directory out, once the others and the namespace say durably that it is behind. Throws when none can.
    func drop(_ index: Int, _ error: HFSError) throws(HFSError) {
        try dropping.withLock { () throws(HFSError) in
            guard used.contains(index) else { return }
            let next = lock.withLock { generation } + 1
            var gone: [(index: Int, error: HFSError)] = [(index, error)]
            for other in used where other != index {
                do throws(HFSError) {
                    try EditsGeneration.write(next, directories[other], base)
                } catch {
                    gone.append((other, error))
                }
            }
            guard gone.count < used.count else { throw error }
            // After the directories: a start must find one that is as new as this says.
            try EditsGeneration.write(next, home, base)
            lock.withLock {
                generation = next
                inUse.removeAll { index in gone.contains { $0.index == index } }
                for (index, error) in gone { failures.append((directories[index], error)) }
            }
            for (index, error) in gone {
                logger.critical(
                    "edits directory dropped",
                    metadata: [
                        "directory": "\(directories[index])", "error": "\(error)", "left": "\(inUseCount)",
                        "effect": "edits go on without it; it is filled again at the next start",
                    ])
            }
        }
    }

    private func readable() throws(HFSError) -> Int {
        guard let first = used.first else { throw HFSError(.io, "no edits directory is left") }
        return first
    }

    func open(_ path: String, _ mode: FileOpenMode) throws(HFSError) -> any IOFile {
        if mode == .readOnly { return try base.open(self.path(path, in: try readable()), mode) }
        var files = [(any IOFile)?](repeating: nil, count: directories.count)
        try each { index throws(HFSError) in files[index] = try base.open(self.path(path, in: index), mode) }
        return File(files, owner: self)
    }

    func list(_ directory: String) throws(HFSError) -> [String] {
        try base.list(path(directory, in: try readable()))
    }

    func exists(_ path: String) -> Bool {
        guard let first = used.first else { return false }
        return base.exists(self.path(path, in: first))
    }

    func createDirectory(_ path: String) throws(HFSError) {
        try each { index throws(HFSError) in try base.createDirectory(self.path(path, in: index)) }
    }

    func rename(_ path: String, to target: String) throws(HFSError) {
        try each { index throws(HFSError) in
            try base.rename(self.path(path, in: index), to: self.path(target, in: index))
        }
    }

    func remove(_ path: String) throws(HFSError) {
        try each { index throws(HFSError) in
            let path = self.path(path, in: index)
            if base.exists(path) { try base.remove(path) }
        }
    }

    func syncDirectory(_ path: String) throws(HFSError) {
        try each { index throws(HFSError) in try base.syncDirectory(self.path(path, in: index)) }
    }

    /// Of the directory that has least.
    func freeBytes(at path: String) throws(HFSError) -> UInt64 {
        var least = UInt64.max
        for index in used { least = min(least, try base.freeBytes(at: self.path(path, in: index))) }
        return least
    }

    func lock(_ path: String) throws(HFSError) -> any IOFile { try base.lock(path) }

    /// A file of each directory that was in use when it was opened.
    private final class File: IOFile {
        private let files: [(any IOFile)?]
        private let owner: MirroredFileIO

        init(_ files: [(any IOFile)?], owner: MirroredFileIO) {
            self.files = files
            self.owner = owner
        }

        func write(_ bytes: UnsafeRawBufferPointer, at offset: UInt64) throws(HFSError) {
            try owner.each { index throws(HFSError) in try files[index]?.write(bytes, at: offset) }
        }

        func read(into bytes: UnsafeMutableRawBufferPointer, at offset: UInt64) throws(HFSError) -> Int {
            try any().read(into: bytes, at: offset)
        }

        func sync() throws(HFSError) {
            try owner.each { index throws(HFSError) in try files[index]?.sync() }
        }

        func size() throws(HFSError) -> UInt64 { try any().size() }

        func truncate(to size: UInt64) throws(HFSError) {
            try owner.each { index throws(HFSError) in try files[index]?.truncate(to: size) }
        }

        func close() { for file in files { file?.close() } }

        private func any() throws(HFSError) -> any IOFile {
            guard let file = files[try owner.readable()] else {
                throw HFSError(.io, "the file is open in no edits directory in use")
            }
            return file
        }
    }
}
