public import Client
public import Core
import Glibc

/// A program's copy, taken from an experiment to a local directory in which it can run.
public struct ProgramCopy: Sendable {
    /// The directory in which the program starts.
    public let directory: String
    /// The command with the copy's files in place of those that it named.
    public let command: [String]
    /// Files that are not in the copy and are taken from where they were.
    public private(set) var borrowed: [String] = []

    /// Fetches the copy into a directory of its own. What was kept is checked against its checksum, and against who may have
    /// written it: `.corruptMetadata` and `.accessDenied` name a file that is not what its owner kept.
    public static func fetch(
        _ record: EnvironmentRecord, _ paths: ExperimentPaths, on fileSystem: HFSFileSystem
    ) async throws(HFSError) -> ProgramCopy {
        let parent = getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp"
        var template = Array("\(parent)/hfs-program-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else { throw TrialFolder.error("make a directory in \(parent)") }
        let directory = String(decoding: template.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
        do throws(HFSError) {
            return try await fetch(record, paths, into: directory, on: fileSystem)
        } catch {
            TrialFolder.remove(directory)
            throw error
        }
    }

    /// The same into a directory that the caller removes.
    static func fetch(
        _ record: EnvironmentRecord, _ paths: ExperimentPaths, into directory: String, on fileSystem: HFSFileSystem
    ) async throws(HFSError) -> ProgramCopy {
        guard mkdir(directory, 0o700) == 0 || errno == EEXIST else { throw TrialFolder.error("make \(directory)") }
        var copy = ProgramCopy(
            directory: directory,
            command: record.command.enumerated().map { place, argument in
                let source = LocalPath.absolute(argument, in: record.directory)
                let file = argument.isEmpty ? nil : record.files.first { $0.source == source }
                if let file {
                    let isPlain = !argument.hasPrefix("/") && !file.path.hasPrefix("outside/")
                    return isPlain ? argument : "\(directory)/\(file.path)"
                }
                // A program that is not in the copy is where it was.
                return place == 0 && argument.contains("/") ? source : argument
            })
        let owner = try await fileSystem.status(of: paths.settings).owner
        _ = try await KeptFile.inode(of: paths.environment, ownedBy: owner, on: fileSystem)
        for file in record.files {
            try await KeptFile.fetch(
                file.path, file.checksum, isExecutable: file.isExecutable, from: paths.programFiles, ownedBy: owner,
                to: directory, on: fileSystem)
        }
        for file in record.leftOut where !file.path.hasPrefix("/") && !file.path.split(separator: "/").contains("..") {
            let source = "\(record.directory)/\(file.path)"
            guard TrialFolder.isFile(source) else { continue }
            let target = "\(directory)/\(file.path)"
            try KeptFile.makeParents(of: target)
            guard symlink(source, target) == 0 else { throw TrialFolder.error("link \(target)") }
            copy.borrowed.append(source)
        }
        return copy
    }

    /// Removes it.
    public func remove() { TrialFolder.remove(directory) }
}
