import Client
import Core
import Glibc

/// Where an attempt's program runs: in the directory that its experiment was given where this host has that, else in a copy of what
/// the experiment kept of the program.
struct ProgramPlace: Sendable {
    let command: [String]
    let directory: String

    /// `.fileNotFound` on a host without the directory for an experiment whose program was not kept.
    static func find(
        _ command: [String], in directory: String, _ paths: ExperimentPaths, copy folder: String,
        on fileSystem: HFSFileSystem
    ) async throws(HFSError) -> ProgramPlace {
        var status = stat()
        if stat(directory, &status) == 0, status.st_mode & S_IFMT == S_IFDIR {
            return ProgramPlace(command: command, directory: directory)
        }
        guard let record = try await ProgramCapture.record(paths, on: fileSystem) else {
            throw HFSError(.fileNotFound, "This host has no directory \(directory), and the program was not kept")
        }
        let copy = try await ProgramCopy.fetch(record, paths, into: folder, on: fileSystem)
        return ProgramPlace(command: copy.command, directory: copy.directory)
    }
}
