public import Client
public import Core

/// How an input stands today, beside what a trial saw of it.
public struct InputCheck: Hashable, Sendable, Encodable {
    /// What became of the input.
    public enum State: String, Hashable, Sendable, Encodable {
        /// The same file, unchanged.
        case same
        /// Another file at its path, or the same one written again, with the same bytes.
        case equal
        /// The file that was read has another path now; at its path there is nothing, or something else.
        case moved
        /// Other bytes at its path, the file that was read is gone or was changed.
        case changed
        /// Nothing at its path, and the file that was read is gone.
        case deleted
    }

    public let input: InputManifest.Input
    public let state: State

    /// Whether a program that reads the path gets what the trial got.
    public var isUsable: Bool { state == .same || state == .equal }

    /// Looks at each input: by its path, then by its inode.
    public static func check(
        _ manifest: InputManifest, on fileSystem: HFSFileSystem
    ) async throws(HFSError) -> [InputCheck] {
        try await BoundedTasks.map(manifest.inputs, atMost: 8) { input throws(HFSError) in
            InputCheck(input: input, state: try await state(input, on: fileSystem))
        }
    }

    private static func state(_ input: InputManifest.Input, on fileSystem: HFSFileSystem) async throws(HFSError)
        -> State
    {
        let here = try await status(of: input.path, on: fileSystem)
        if let here, here.inode.rawValue == input.inode, here.modifiedMs == input.modifiedMs,
            here.length == input.length
        {
            return .same
        }
        if let here, !here.isDirectory, here.length == input.length, let checksum = input.checksum,
            await ContentChecksum.crc32c(of: input.path, on: fileSystem) == checksum
        {
            return .equal
        }
        let there = try await status(of: "/.reserved/.inodes/\(input.inode)", on: fileSystem)
        if let there, there.modifiedMs == input.modifiedMs, there.length == input.length { return .moved }
        return here == nil ? .deleted : .changed
    }

    private static func status(of path: String, on fileSystem: HFSFileSystem) async throws(HFSError) -> FileStatus? {
        do throws(HFSError) {
            return try await fileSystem.status(of: path)
        } catch {
            guard error.code == .fileNotFound else { throw error }
            return nil
        }
    }
}
