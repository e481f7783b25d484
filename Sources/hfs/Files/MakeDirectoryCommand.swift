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

    func validate() throws {
        if let mode, ModeChange(mode) == nil { throw ValidationError("'\(mode)' is not a mode") }
    }

    func run() async throws {
        let bits = mode.flatMap { ModeChange($0)?.applied(to: .directoryDefault, isDirectory: true) }
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
