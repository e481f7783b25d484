import ArgumentParser
import Client
import Core

/// `hfs rm [-r] [--force] PATH...`
struct RemoveCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rm", abstract: "Remove files and directories.",
        discussion: """
            Below a directory with hfs.deletion-protection=lineage, what live models were made from is kept, and so it is when \
            the provenance service does not answer: --force removes it.
            """)

    @OptionGroup var connection: ConnectionOptions
    @Flag(name: .short, help: "Remove directories with all they hold.") var recursive = false
    @Flag(name: .short, help: "Do not complain about what is not there.") var force = false
    @Flag(name: .customLong("force"), help: "Remove what live models were made from, too.") var overridesProtection =
        false
    @Argument(help: "Paths.") var paths: [String]

    func run() async throws {
        let (paths, recursive, force, isOverridden) = (paths, recursive, force, overridesProtection)
        try await Session.run("rm", connection) { session in
            var expanded: [String] = []
            for path in paths {
                if [".", ".."].contains(RemotePath.name(path)) {
                    try session.fail(path, Complaint(path, "A directory is not removed as . or .., name it"))
                    continue
                }
                // With -f a pattern without a match is fine, so it must not be counted as a failure.
                let isPattern = GlobPattern.isPattern(path)
                expanded += force && !isPattern ? [try session.path(path)] : try await session.expand([path])
            }
            let deletionGuard = DeletionGuard(session: session, isOverridden: isOverridden)
            for path in expanded {
                try await session.attempt(path) {
                    guard let status = try await session.statusIfExists(path) else {
                        if force { return }
                        throw Complaint(path, "No such file or directory")
                    }
                    if path == "/" { throw Complaint(path, "The root cannot be removed") }
                    if status.isDirectory, !recursive { throw Complaint(path, "Is a directory (-r removes it)") }
                    try await deletionGuard.check(path, isDirectory: status.isDirectory)
                    let isRemoved = try await session.fileSystem.delete(path, recursive: recursive)
                    if !isRemoved, !force { throw Complaint(path, "No such file or directory") }
                }
            }
        }
    }
}
