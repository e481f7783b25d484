public import Client
public import Core
import Glibc

/// A local copy of the event files below a directory, which follows the directory's events: what was appended is fetched, what was
/// renamed is renamed, what is gone is removed. An attempt's event file is written when it ends: until then the curves of what it has
/// reported stand beside its place, in `running`.
public struct EventFileMirror: Sendable {
    private struct Copy {
        var inode: InodeID
        var length: UInt64
        /// Somebody writes it: that it has grown is no event.
        var isOpen: Bool
    }

    private static let kinds: Set<NamespaceEvent.Kind> = [
        .create, .addBlock, .append, .close, .leaseRecovered, .truncate, .rename, .publish, .delete,
    ]
    private static let waitMs: UInt32 = 30_000
    /// How often a file that is being written is looked at.
    private static let openWaitMs: UInt32 = 1_000
    private static let chunkBytes = 1 << 20

    private let fileSystem: HFSFileSystem
    private let root: String
    private let folder: String
    private var next: LSN
    /// By their paths below the root.
    private var copies: [String: Copy] = [:]

    /// Copies all event files below the directory `root` into the local directory `folder`, which is empty.
    public init(_ root: String, into folder: String, on fileSystem: HFSFileSystem) async throws(HFSError) {
        self.fileSystem = fileSystem
        self.root = root
        self.folder = folder
        // From before the look on: what changes meanwhile is looked at again.
        next = try await fileSystem.readEvents(from: .end, EventQuery(path: root, kinds: Self.kinds)).nextLSN
        try await look(at: "")
    }

    /// Waits for what happens next and takes it over. Errors: `.fileNotFound` when the directory itself was moved.
    public mutating func follow() async throws(HFSError) {
        let open = copies.filter(\.value.isOpen).map(\.key).sorted()
        let page = try await fileSystem.readEvents(
            from: .lsn(next), EventQuery(path: root, kinds: Self.kinds),
            waitMs: open.isEmpty ? Self.waitMs : Self.openWaitMs)
        var changed = Set(open)
        for entry in page.entries {
            let event = entry.event
            if case .moved(_, let target) = event.change {
                guard event.path != root else {
                    throw HFSError(.fileNotFound, "It was moved to \(target)", subject: root)
                }
                try move(event.path, to: target)
                changed.formUnion([event.path, target].compactMap(relative))
            } else if event.kind == .delete || Source(event.path) != nil, let path = relative(event.path) {
                changed.insert(path)
            }
        }
        for path in changed.sorted() { try await look(at: path) }
        next = page.nextLSN
    }

    // MARK: Parts

    /// A path from the root on; empty for the root, nil for what lies elsewhere.
    private func relative(_ path: String) -> String? {
        if path == root { return "" }
        return path.hasPrefix("\(root)/") ? String(path.dropFirst(root.utf8.count + 1)) : nil
    }

    /// Takes over what is at a path now.
    private mutating func look(at path: String) async throws(HFSError) {
        let place = path.isEmpty ? root : "\(root)/\(path)"
        let status: FileStatus
        do throws(HFSError) {
            status = try await fileSystem.status(of: place)
        } catch {
            guard error.code == .fileNotFound else { throw error }
            return try drop(path)
        }
        guard status.isDirectory else { return try await copy(path, status) }
        var found: Set<String> = []
        do throws(HFSError) {
            for try await entry in fileSystem.list(place) {
                let name = String(decoding: entry.name, as: UTF8.self)
                let below = path.isEmpty ? name : "\(path)/\(name)"
                found.insert(name)
                if entry.isDirectory { try await look(at: below) } else { try await copy(below, entry) }
            }
        } catch {
            // Gone meanwhile: an event tells.
            guard error.code == .fileNotFound else { throw error }
        }
        let prefix = path.isEmpty ? "" : "\(path)/"
        for old in copies.keys.sorted() where old.hasPrefix(prefix) {
            let name = old.dropFirst(prefix.count).prefix { $0 != "/" }
            if !found.contains(String(name)) { try drop(prefix + name) }
        }
    }

    private mutating func copy(_ path: String, _ status: FileStatus) async throws(HFSError) {
        guard let source = Source(path), source != .reports || !hasEnded(path) else { return }
        var known = copies[path]
        if let copy = known, copy.inode == status.inode, copy.length == status.length, !copy.isOpen { return }
        let reader: FileReader
        do throws(HFSError) {
            reader = try await fileSystem.open("\(root)/\(path)")
        } catch {
            guard error.code == .fileNotFound else { throw error }
            return try drop(path)
        }
        let result: Result<Void, HFSError>
        do throws(HFSError) {
            // Another file, or one that was cut.
            if let copy = known, copy.inode != status.inode || copy.length > reader.length { known = nil }
            var copy = known ?? Copy(inode: status.inode, length: 0, isOpen: false)
            if known == nil { try await write(source.head(timeMs: status.modifiedMs), to: path, isNew: true) }
            copies[path] = copy
            while copy.length < reader.length {
                let bytes = try await reader.read(at: copy.length, count: Self.chunkBytes)
                let (events, taken) = source.events(bytes)
                guard taken > 0 else { break }
                try await write(events, to: path, isNew: false)
                copy.length += UInt64(taken)
                copies[path] = copy
            }
            copy.isOpen = reader.isUnderConstruction
            copies[path] = copy
            result = .success(())
        } catch {
            result = .failure(error)
        }
        await reader.close()
        try result.get()
        if source == .events { try drop(Source.reports(beside: path)) }
    }

    /// Whether the event file of the attempt is there whose reports `path` holds.
    private func hasEnded(_ path: String) -> Bool {
        let directory = path.dropLast(MetricLog.fileName.utf8.count)
        return copies.keys.contains {
            $0.hasPrefix(directory) && !$0.dropFirst(directory.utf8.count).contains("/") && Source($0) == .events
        }
    }

    /// Renames what is there of `source`; what is not is fetched when the target is looked at.
    private mutating func move(_ source: String, to target: String) throws(HFSError) {
        guard let from = relative(source), let to = relative(target) else { return }
        let moved = copies.filter { $0.key == from || $0.key.hasPrefix("\(from)/") }
        guard !moved.isEmpty else { return }
        try drop(to)
        // What is something else at the new place is made anew.
        let target = { (path: String) in to + path.dropFirst(from.utf8.count) }
        for path in moved.keys where path == from || Source(path) != Source(target(path)) { try drop(path) }
        let kept = copies.filter { $0.key.hasPrefix("\(from)/") }
        guard !kept.isEmpty else { return }
        try Self.makeDirectory(above: to, in: folder)
        guard rename("\(folder)/\(from)", "\(folder)/\(to)") == 0 else { return try drop(from) }
        for (path, copy) in kept {
            copies[path] = nil
            copies[target(path)] = copy
        }
    }

    private mutating func drop(_ path: String) throws(HFSError) {
        let gone = copies.keys.filter { path.isEmpty || $0 == path || $0.hasPrefix("\(path)/") }
        guard !gone.isEmpty else { return }
        for copy in gone {
            copies[copy] = nil
            let file = Source.file(of: copy)
            guard unlink("\(folder)/\(file)") == 0 || errno == ENOENT else {
                throw TrialFolder.error("remove \(folder)/\(file)")
            }
            // TensorBoard forgets a run when its directory is gone, not before. One that still holds something stays.
            var above = file[...]
            while let slash = above.lastIndex(of: "/") {
                above = above[..<slash]
                guard rmdir("\(folder)/\(above)") == 0 else { break }
            }
        }
    }

    private func write(_ bytes: [UInt8], to path: String, isNew: Bool) async throws(HFSError) {
        try await BlockingWork.run(name: "hfs-mirror") { [folder] () throws(HFSError) in
            let copy = Source.file(of: path)
            try Self.makeDirectory(above: copy, in: folder)
            let file = "\(folder)/\(copy)"
            let flags = O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW | (isNew ? O_TRUNC : 0)
            let descriptor = Glibc.open(file, flags, 0o600)
            guard descriptor >= 0 else { throw TrialFolder.error("write \(file)") }
            defer { close(descriptor) }
            var done = 0
            while done < bytes.count {
                let count = bytes.withUnsafeBytes {
                    Glibc.write(descriptor, $0.baseAddress.map { $0 + done }, $0.count - done)
                }
                guard count > 0 else { throw TrialFolder.error("write \(file)") }
                done += count
            }
        }
    }

    private static func makeDirectory(above path: String, in folder: String) throws(HFSError) {
        var place = folder
        for name in path.split(separator: "/").dropLast() {
            place += "/\(name)"
            guard mkdir(place, 0o700) == 0 || errno == EEXIST else { throw TrialFolder.error("make \(place)") }
        }
    }
}
