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

    /// Fetches the copy. What was kept is checked against its checksum: `.checksum` names a file that is not what it was.
    public static func fetch(
        _ record: EnvironmentRecord, _ paths: ExperimentPaths, on fileSystem: HFSFileSystem
    ) async throws(HFSError) -> ProgramCopy {
        let parent = getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp"
        var template = Array("\(parent)/hfs-program-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else { throw TrialFolder.error("make a directory in \(parent)") }
        let directory = String(decoding: template.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
        var copy = ProgramCopy(
            directory: directory,
            command: record.command.map { argument in
                let file = record.files.first { $0.source == argument }
                return file.map { "\(directory)/\($0.path)" } ?? argument
            })
        do throws(HFSError) {
            for file in record.files { try await fetch(file, paths, to: directory, on: fileSystem) }
            for file in record.leftOut where !file.path.hasPrefix("/") {
                let source = "\(record.directory)/\(file.path)"
                guard TrialFolder.isFile(source) else { continue }
                let target = "\(directory)/\(file.path)"
                try makeParents(of: target)
                guard symlink(source, target) == 0 else { throw TrialFolder.error("link \(target)") }
                copy.borrowed.append(source)
            }
        } catch {
            copy.remove()
            throw error
        }
        return copy
    }

    /// Removes it.
    public func remove() { TrialFolder.remove(directory) }

    private static func fetch(
        _ file: EnvironmentRecord.File, _ paths: ExperimentPaths, to directory: String, on fileSystem: HFSFileSystem
    ) async throws(HFSError) {
        let source = "\(paths.programFiles)/\(file.path)"
        let bytes = try await fileSystem.contents(of: source)
        guard CRC32C.checksum(bytes) == file.checksum else {
            throw HFSError(.corruptMetadata, "The program's copy is not what was kept", subject: source)
        }
        let target = "\(directory)/\(file.path)"
        try makeParents(of: target)
        let descriptor = open(target, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, file.isExecutable ? 0o755 : 0o644)
        guard descriptor >= 0, let stream = fdopen(descriptor, "w") else { throw TrialFolder.error("write \(target)") }
        let written = fwrite(bytes, 1, bytes.count, stream)
        guard fclose(stream) == 0, written == bytes.count else { throw TrialFolder.error("write \(target)") }
    }

    private static func makeParents(of file: String) throws(HFSError) {
        var path = ""
        for part in file.split(separator: "/").dropLast() {
            path += "/\(part)"
            guard mkdir(path, 0o755) == 0 || errno == EEXIST else { throw TrialFolder.error("make \(path)") }
        }
    }
}
