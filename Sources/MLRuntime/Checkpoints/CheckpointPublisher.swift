import Client
import Core
import Glibc
import Synchronization

/// Copies a program's checkpoints into the attempt's `checkpoints/` while it runs, each whole or not at all, and keeps the newest.
///
/// The one who reads the program's output tells what is complete; another task publishes.
final class CheckpointPublisher: Sendable {
    private struct Waiting {
        var name: String
        var step: Int?
        /// Reports before it.
        var reports: Int
    }

    private struct State {
        var waiting: [Waiting] = []
        var lastSequence = 0
        /// Those that are kept, the oldest first.
        var kept: [String] = []
        /// All that ever were told of.
        var known: Set<String> = []
    }

    private let folder: String
    private let directory: String
    private let keepCount: Int
    private let fileSystem: HFSFileSystem
    private let renames: RenameWatch
    private let state = Mutex(State())

    /// - Parameters:
    ///   - folder: the local one.
    ///   - directory: of the attempt.
    init(_ folder: String, _ directory: String, keep count: Int, on fileSystem: HFSFileSystem) throws(HFSError) {
        self.folder = folder
        self.directory = directory
        keepCount = max(count, 1)
        self.fileSystem = fileSystem
        renames = try RenameWatch(folder)
    }

    private var staging: String { "\(directory)/.checkpoint" }
    private func target(_ name: String) -> String { "\(directory)/\(CheckpointStore.folderName)/\(name)" }

    /// What was renamed into its name since the last look.
    func renamed() -> [String] { renames.names().filter { CheckpointLine.isName($0) } }

    /// A checkpoint is complete. What is known of its step stays.
    func note(_ name: String, step: Int?, _ reports: Int) {
        state.withLock { state in
            state.known.insert(name)
            // The rename may have told of it already.
            if let index = state.waiting.lastIndex(where: { $0.name == name }) {
                state.waiting[index].step = step ?? state.waiting[index].step
                return
            }
            state.waiting.append(Waiting(name: name, step: step, reports: reports))
            if state.waiting.count > keepCount { state.waiting.removeFirst() }
        }
    }

    /// Publishes what waits, the oldest first. What the program has removed or replaced meanwhile is left out; what servers cannot
    /// take now waits on.
    func publish() async throws(HFSError) {
        while let next = state.withLock({ $0.waiting.first }) {
            do throws(HFSError) {
                try await publish(next)
            } catch {
                guard error.code.mayPass else { throw error }
                return
            }
            state.withLock { state in
                if state.waiting.first?.name == next.name { state.waiting.removeFirst() }
            }
        }
    }

    /// The program has ended well: what lies there and was never told of is complete, too.
    func keepRest(but offered: Set<String>) async throws(HFSError) {
        let known = state.withLock { state in state.known.union(state.known.isEmpty ? [] : offered) }
        for file in TrialFolder.files(in: folder) {
            guard let first = file.split(separator: "/").first.map(String.init), !known.contains(first) else {
                continue
            }
            try await FileCopy.uploadFile("\(folder)/\(file)", to: target(file), on: fileSystem)
        }
    }

    /// Takes away what an upload that came to nothing has left.
    func cleanUp() async {
        guard state.withLock({ $0.lastSequence > 0 }) else { return }
        _ = try? await fileSystem.delete(staging, recursive: true)
    }

    // MARK: Parts

    private func publish(_ checkpoint: Waiting) async throws(HFSError) {
        let local = "\(folder)/\(checkpoint.name)"
        guard let before = Self.inode(local) else { return }
        let sequence = state.withLock { state -> Int in
            state.lastSequence += 1
            return state.lastSequence
        }
        let staged = "\(staging)/\(checkpoint.name)"
        _ = try await fileSystem.delete(staged, recursive: true)
        do throws(HFSError) {
            try await upload(local, to: staged)
        } catch {
            // Local files may go while they are read; what the filesystem refuses is the attempt's trouble.
            guard Self.inode(local) != before else { throw error }
            return
        }
        guard Self.inode(local) == before else { return }
        let note = CheckpointNote(sequence: sequence, step: checkpoint.step, reports: checkpoint.reports)
        try await fileSystem.setAttribute(
            TrialAttribute.checkpoint, String(decoding: CanonicalJSON.bytes(note), as: UTF8.self), of: staged)
        try await fileSystem.makeDirectory("\(directory)/\(CheckpointStore.folderName)")
        if try await fileSystem.exists(target(checkpoint.name)), TrialFolder.isDirectory(local) {
            _ = try await fileSystem.delete(target(checkpoint.name), recursive: true)
        }
        try await fileSystem.rename(staged, to: target(checkpoint.name), overwriting: true)
        try await keepNewest(checkpoint.name)
    }

    private func upload(_ local: String, to staged: String) async throws(HFSError) {
        if TrialFolder.isDirectory(local) {
            try await fileSystem.makeDirectory(staged)
            try await FileCopy.upload(local, to: staged, on: fileSystem)
        } else {
            try await FileCopy.uploadFile(local, to: staged, on: fileSystem)
        }
    }

    private func keepNewest(_ name: String) async throws(HFSError) {
        let old = state.withLock { state -> [String] in
            state.kept.removeAll { $0 == name }
            state.kept.append(name)
            let old = state.kept.dropLast(keepCount)
            state.kept.removeFirst(old.count)
            return Array(old)
        }
        for name in old { _ = try await fileSystem.delete(target(name), recursive: true) }
    }

    /// What is there now; another number when it was replaced.
    private static func inode(_ path: String) -> UInt64? {
        var status = stat()
        return lstat(path, &status) == 0 ? UInt64(status.st_ino) : nil
    }
}
