import ArgumentParser
import Client
import Core

/// `hfs chown [-R] OWNER[:GROUP] PATH...`
struct ChangeOwnerCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "chown", abstract: "Change owner and group: owner, owner:group or :group.")

    @OptionGroup var connection: ConnectionOptions
    @Flag(name: .customShort("R"), help: "Everything below directories, too.") var recursive = false
    @Argument(help: "The new owner, group, or both.") var ownership: String
    @Argument(help: "Paths.") var paths: [String]

    func validate() throws {
        let parts = ownership.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count <= 2 else { throw ValidationError("'\(ownership)' is not owner, owner:group or :group") }
        if parts.allSatisfy(\.isEmpty) { throw ValidationError("name an owner, a group, or both") }
    }

    func run() async throws {
        let parts = ownership.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
        let owner = parts[0].isEmpty ? nil : parts[0]
        let group = parts.count > 1 && !parts[1].isEmpty ? parts[1] : nil
        let (paths, recursive) = (paths, recursive)
        try await Session.run("chown", connection) { session in
            try await session.forEachEntry(paths, recursive: recursive) { entry in
                try await session.fileSystem.setOwner(entry.path, owner: owner, group: group)
            }
        }
    }
}
