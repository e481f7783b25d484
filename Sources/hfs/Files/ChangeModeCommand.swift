import ArgumentParser
import Client
import Core

/// `hfs chmod [-R] MODE PATH...`
struct ChangeModeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "chmod", abstract: "Change permissions: octal, or as in u+rw,go-w.")

    @OptionGroup var connection: ConnectionOptions
    @Flag(name: .customShort("R"), help: "Everything below directories, too.") var recursive = false
    @Argument(help: "The new mode, or the change.") var mode: String
    @Argument(help: "Paths.") var paths: [String]

    func validate() throws {
        if ModeChange(mode) == nil { throw ValidationError("'\(mode)' is not a mode") }
    }

    func run() async throws {
        guard let change = ModeChange(mode) else { return }
        let (paths, recursive) = (paths, recursive)
        try await Session.run("chmod", connection) { session in
            try await session.forEachEntry(paths, recursive: recursive) { entry in
                let mode = change.applied(to: entry.status.mode, isDirectory: entry.status.isDirectory)
                try await session.fileSystem.setMode(entry.path, mode)
            }
        }
    }
}
