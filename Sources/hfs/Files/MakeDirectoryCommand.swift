import ArgumentParser
import Client
import Core

/// `hfs mkdir [-p] PATH...`
struct MakeDirectoryCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "mkdir", abstract: "Make directories.")

    @OptionGroup var connection: ConnectionOptions
    @Flag(name: .short, help: "Make parents, and accept directories that exist.") var parents = false
    @Option(name: .short, help: ArgumentHelp("Permissions, octal.", valueName: "mode")) var mode: String?
    @Argument(help: "Directories.") var paths: [String]

    func run() async throws {
        var bits: FileMode?
        if let mode {
            guard let change = ModeChange(mode) else { throw ValidationError("'\(mode)' is not a mode") }
            bits = change.applied(to: .directoryDefault, isDirectory: true)
        }
        let (paths, parents, mode) = (paths, parents, bits)
        try await Session.run("mkdir", connection) { session in
            for operand in paths {
                try await session.attempt(operand) {
                    let path = try session.path(operand)
                    // HDFS's mkdirs takes an existing directory for success.
                    if !parents, try await session.statusIfExists(path) != nil {
                        throw Complaint(operand, "File exists")
                    }
                    try await session.fileSystem.makeDirectory(path, mode: mode, createsParents: parents)
                }
            }
        }
    }
}
