public import Core
import Glibc

/// What of a command travels with a job: the files that it names by relative paths, and those that are asked for. What it names by
/// an absolute path, and a program found through $PATH, are expected to be where the job runs.
public struct ProgramPackage: Hashable, Sendable {
    /// A local file and its place with the job.
    public struct Source: Hashable, Sendable {
        public let local: String
        public let file: ProgramFile
    }

    /// The command as it is where the files lie.
    public private(set) var command: [String]
    public private(set) var sources: [Source] = []

    /// - Parameters:
    ///   - directory: what relative paths start from.
    ///   - files: files and directories that travel besides.
    /// Errors: `.invalidArgument` for a program or a file that does not exist.
    public init(_ command: [String], files: [String] = [], directory: String) throws(HFSError) {
        self.command = command
        for (index, argument) in command.enumerated() where !argument.hasPrefix("/") && !argument.isEmpty {
            // A program without a slash is one of $PATH.
            if index == 0, !argument.contains("/") { continue }
            let local = "\(directory)/\(argument)"
            guard TrialFolder.isFile(local) else {
                if index > 0 { continue }
                throw HFSError(.invalidArgument, "No such program", subject: argument)
            }
            if index == 0, access(local, X_OK) != 0 {
                throw HFSError(.invalidArgument, "The program may not be run: it is not executable", subject: argument)
            }
            let name = Self.name(argument)
            add(local, name)
            if name != argument { self.command[index] = "./\(name)" }
        }
        for file in files {
            let local = file.hasPrefix("/") ? file : "\(directory)/\(file)"
            if TrialFolder.isFile(local) {
                add(local, Self.name(file))
                continue
            }
            let below = TrialFolder.files(in: local)
            guard !below.isEmpty else { throw HFSError(.invalidArgument, "No such file to take along", subject: file) }
            let name = Self.name(file)
            for entry in below { add("\(local)/\(entry)", name.isEmpty ? entry : "\(name)/\(entry)") }
        }
    }

    private mutating func add(_ local: String, _ name: String) {
        guard !sources.contains(where: { $0.file.path == name }) else { return }
        sources.append(Source(local: local, file: ProgramFile(path: name, isExecutable: access(local, X_OK) == 0)))
    }

    /// The path below the directory in which the program starts: its own, where it does not leave that.
    private static func name(_ path: String) -> String {
        let parts = path.split(separator: "/").filter { $0 != "." }
        return path.hasPrefix("/") || parts.contains("..")
            ? parts.last.map(String.init) ?? "" : parts.joined(separator: "/")
    }
}
