import ArgumentParser
import Client
import Core

/// `hfs touch PATH...`
struct TouchCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "touch", abstract: "Set the times of files to now; make empty files where there are none.")

    @OptionGroup var connection: ConnectionOptions
    @Flag(name: .short, help: "Make no files.") var c = false
    @Argument(help: "Paths.") var paths: [String]

    func run() async throws {
        let (paths, makesNone) = (paths, c)
        try await Session.run("touch", connection) { session in
            for path in try await session.expand(paths) {
                try await session.attempt(path) {
                    if try await session.statusIfExists(path) != nil {
                        let now = SystemClock().nowMs
                        try await session.fileSystem.setTimes(path, modifiedMs: now, accessedMs: now)
                    } else if !makesNone {
                        try await session.fileSystem.create(path, CreateOptions(createsParents: false)).close()
                    }
                }
            }
        }
    }
}
