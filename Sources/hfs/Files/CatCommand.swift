import ArgumentParser
import Client
import Core

/// `hfs cat PATH...`
struct CatCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "cat", abstract: "Write files to standard output.")

    @OptionGroup var connection: ConnectionOptions
    @Argument(help: "Files.") var paths: [String]

    func run() async throws {
        let paths = paths
        try await Session.run("cat", connection) { session in
            let output = try LocalFile.standardOutput()
            for path in try await session.expand(paths) {
                try await session.attempt(path) {
                    if try await session.fileSystem.status(of: path).isDirectory {
                        throw Complaint(path, "Is a directory")
                    }
                    let reader = try await session.fileSystem.open(path)
                    do {
                        for try await chunk in reader.chunks() { try await output.write(chunk) }
                    } catch {
                        await reader.close()
                        throw error
                    }
                    await reader.close()
                }
            }
        }
    }
}
