import Client
import Core
import Glibc

/// A file of a program that its owner kept in the filesystem, to be run with an agent's account: not what others put in its place.
enum KeptFile {
    /// The file's inode, by which to read it: at the path there may be another's by now.
    /// `.accessDenied` when others than `owner` may have written it.
    static func inode(
        of path: String, ownedBy owner: String, on fileSystem: HFSFileSystem
    ) async throws(HFSError) -> String {
        let status = try await fileSystem.status(of: path)
        guard status.owner == owner, status.mode.bits & 0o022 == 0 else {
            throw HFSError(.accessDenied, "Others than its owner, \(owner), may have written it", subject: path)
        }
        return "/.reserved/.inodes/\(status.inode.rawValue)"
    }

    /// Copies the file at `path` below the filesystem's `source` to the same path below the local `folder`. Errors besides: `.corruptMetadata`
    /// for other bytes than were kept, `.invalidArgument` for a path that leaves the folder.
    static func fetch(
        _ path: String, _ checksum: UInt32, isExecutable: Bool, from source: String, ownedBy owner: String,
        to folder: String, on fileSystem: HFSFileSystem
    ) async throws(HFSError) {
        let file = "\(source)/\(path)"
        guard !path.isEmpty, !path.split(separator: "/").contains("..") else {
            throw HFSError(.invalidArgument, "A program's file lies below the program", subject: file)
        }
        let inode = try await inode(of: file, ownedBy: owner, on: fileSystem)
        let target = "\(folder)/\(path)"
        try makeParents(of: target)
        guard try await FileCopy.downloadFile(inode, to: target, on: fileSystem) == checksum else {
            throw HFSError(.corruptMetadata, "The program's copy is not what was kept", subject: file)
        }
        if isExecutable { try TrialFolder.makeExecutable(target) }
    }

    /// Makes the local directories above a file.
    static func makeParents(of file: String) throws(HFSError) {
        var path = ""
        for part in file.split(separator: "/").dropLast() {
            path += "/\(part)"
            guard mkdir(path, 0o755) == 0 || errno == EEXIST else { throw TrialFolder.error("make \(path)") }
        }
    }
}
