import Synchronization

/// A file system over another one that fails on purpose: for tests.
///
/// Every call that changes the disk (open for creation, write, sync, rename, remove, truncate, directory sync) has a number.
/// A plan says what happens at one of them. It also keeps what power loss would take: writes since the last sync of a file.
package final class FaultFileIO: FileIO {
    package enum Fault: Sendable {
        /// This call fails and changes nothing.
        case fail(HFSError.Code)
        /// The process ends here: this call and all later ones change nothing and fail.
        case kill
        /// As `kill`, but the first half of a write is done.
        case tear
    }

    package enum Call: Sendable, Hashable { case open, write, sync, rename, remove, truncate, syncDirectory }

    private struct UnsyncedWrite {
        var offset: UInt64
        var before: [UInt8]
        var after: [UInt8]
    }

    private struct State {
        var calls = 0
        var faults: [Int: Fault] = [:]
        /// While set, every write to files of this prefix finds the disk full.
        var fullPrefix: String?
        var isDead = false
        /// What `freeBytes` answers; nil: the truth.
        var freeBytes: UInt64?
        var log: [Call] = []
        var unsynced: [String: [UnsyncedWrite]] = [:]
    }

    private let base: any FileIO
    private let state = Mutex(State())

    package init(_ base: any FileIO = SystemFileIO()) { self.base = base }

    /// For the process after one that was killed: what that one wrote and never synced is still in memory only.
    package convenience init(after killed: FaultFileIO) {
        self.init(killed.base)
        let unsynced = killed.state.withLock { $0.unsynced }
        state.withLock { $0.unsynced = unsynced }
    }

    /// Plans a fault at the call with this number, counted from the start; 1 is the first.
    package func plan(_ fault: Fault, atCall number: Int) { state.withLock { $0.faults[number] = fault } }
    package var callCount: Int { state.withLock { $0.calls } }
    /// What each call was, in order.
    package var calls: [Call] { state.withLock { $0.log } }
    package var isDead: Bool { state.withLock { $0.isDead } }
    /// From now on nothing changes the disk any more, as if the process were gone.
    package func kill() { state.withLock { $0.isDead = true } }
    package func setFull(_ prefix: String?) { state.withLock { $0.fullPrefix = prefix } }
    package func setFreeBytes(_ bytes: UInt64?) { state.withLock { $0.freeBytes = bytes } }

    /// Counts a call from elsewhere (a SQLite file) that would change the disk; throws when a fault says so.
    package func count(_ call: Call, _ path: String) throws(HFSError) { _ = try next(call, path) }

    private func next(_ call: Call, _ path: String) throws(HFSError) -> Fault? {
        let (fault, isDead, isFull) = state.withLock { state -> (Fault?, Bool, Bool) in
            if state.isDead { return (nil, true, false) }
            state.calls += 1
            state.log.append(call)
            let fault = state.faults.removeValue(forKey: state.calls)
            switch fault {
            case .kill, .tear: state.isDead = true
            case .fail, nil: break
            }
            let isFull = (call == .write || call == .open) && state.fullPrefix.map { path.hasPrefix($0) } ?? false
            return (fault, false, isFull)
        }
        if isDead { throw HFSError(.io, "the process was killed", subject: path) }
        if isFull { throw HFSError(.noSpace, "\(call) failed", subject: path, cause: "No space left on device") }
        switch fault {
        case .fail(let code): throw HFSError(code, "\(call) failed on purpose", subject: path)
        case .kill: throw HFSError(.io, "the process is killed at this \(call)", subject: path)
        case .tear where call != .write: throw HFSError(.io, "the process is killed at this \(call)", subject: path)
        case .tear, nil: return fault
        }
    }

    /// Undoes a random part of what was written and never synced, as a power loss may.
    ///
    /// `keep` says for each write, in order, whether it had reached the disk.
    package func losePower(keep: (String, Int) -> Bool) throws(HFSError) {
        let unsynced = state.withLock { state in
            state.isDead = true
            return state.unsynced
        }
        for (path, writes) in unsynced.sorted(by: { $0.key < $1.key }) where base.exists(path) {
            let file = try base.open(path, .readWrite)
            defer { file.close() }
            for write in writes.reversed() { try Self.write(write.before, at: write.offset, to: file) }
            for (index, write) in writes.enumerated() where keep(path, index) {
                try Self.write(write.after, at: write.offset, to: file)
            }
            try file.sync()
        }
    }

    private static func write(_ bytes: [UInt8], at offset: UInt64, to file: any IOFile) throws(HFSError) {
        var failure: HFSError?
        bytes.withUnsafeBytes { buffer in
            do throws(HFSError) { try file.write(buffer, at: offset) } catch { failure = error }
        }
        if let failure { throw failure }
    }

    package func open(_ path: String, _ mode: FileOpenMode) throws(HFSError) -> any IOFile {
        if mode == .create || mode == .replace { _ = try next(.open, path) }
        return FaultFile(try base.open(path, mode), path: path, owner: self)
    }

    package func list(_ directory: String) throws(HFSError) -> [String] { try base.list(directory) }
    package func exists(_ path: String) -> Bool { base.exists(path) }
    package func createDirectory(_ path: String) throws(HFSError) { try base.createDirectory(path) }
    package func lock(_ path: String) throws(HFSError) -> any IOFile { try base.lock(path) }

    package func freeBytes(at path: String) throws(HFSError) -> UInt64 {
        if let bytes = state.withLock({ $0.freeBytes }) { return bytes }
        return try base.freeBytes(at: path)
    }

    package func rename(_ path: String, to target: String) throws(HFSError) {
        _ = try next(.rename, path)
        try base.rename(path, to: target)
        state.withLock { $0.unsynced[target] = $0.unsynced.removeValue(forKey: path) }
    }

    package func remove(_ path: String) throws(HFSError) {
        _ = try next(.remove, path)
        try base.remove(path)
        state.withLock { $0.unsynced[path] = nil }
    }

    package func syncDirectory(_ path: String) throws(HFSError) {
        _ = try next(.syncDirectory, path)
        try base.syncDirectory(path)
    }

    /// An open file whose calls are counted. Follows its file's renames not at all: unsynced writes are kept under the name
    /// that it was opened by, and the log renames only synced files.
    private final class FaultFile: IOFile {
        private let base: any IOFile
        private let path: String
        private let owner: FaultFileIO

        init(_ base: any IOFile, path: String, owner: FaultFileIO) {
            self.base = base
            self.path = path
            self.owner = owner
        }

        /// Power fails by pages: each becomes a write of its own.
        private static let pageBytes = 4096

        func write(_ bytes: UnsafeRawBufferPointer, at offset: UInt64) throws(HFSError) {
            let fault: Fault?
            do throws(HFSError) {
                fault = try owner.next(.write, path)
            } catch {
                throw error
            }
            let count = fault == nil ? bytes.count : bytes.count / 2
            let done = UnsafeRawBufferPointer(rebasing: bytes[..<count])
            try remember(done, at: offset)
            try base.write(done, at: offset)
            if fault != nil { throw HFSError(.io, "the process is killed within this write", subject: path) }
        }

        private func remember(_ bytes: UnsafeRawBufferPointer, at offset: UInt64) throws(HFSError) {
            var start = 0
            var pages: [UnsyncedWrite] = []
            while start < bytes.count {
                let count = min(
                    FaultFile.pageBytes - Int(offset + UInt64(start)) % FaultFile.pageBytes, bytes.count - start)
                let before = UnsafeMutableRawBufferPointer.allocate(byteCount: count, alignment: 16)
                defer { before.deallocate() }
                before.initializeMemory(as: UInt8.self, repeating: 0)
                _ = try base.read(into: before, at: offset + UInt64(start))
                pages.append(
                    UnsyncedWrite(
                        offset: offset + UInt64(start), before: Array(before),
                        after: Array(bytes[start..<start + count])))
                start += count
            }
            owner.state.withLock { $0.unsynced[path, default: []] += pages }
        }

        func read(into bytes: UnsafeMutableRawBufferPointer, at offset: UInt64) throws(HFSError) -> Int {
            try base.read(into: bytes, at: offset)
        }

        func sync() throws(HFSError) {
            _ = try owner.next(.sync, path)
            try base.sync()
            owner.state.withLock { $0.unsynced[path] = nil }
        }

        func size() throws(HFSError) -> UInt64 { try base.size() }

        func truncate(to size: UInt64) throws(HFSError) {
            _ = try owner.next(.truncate, path)
            try base.truncate(to: size)
        }

        func close() { base.close() }
    }
}
