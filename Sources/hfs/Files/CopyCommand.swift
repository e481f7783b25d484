import ArgumentParser
import Client
import Core

/// `hfs cp SRC... DST`
struct CopyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "cp", abstract: "Copy files within the filesystem.")

    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var options: TransferOptions
    @OptionGroup var placement: PlacementOptions
    @Argument(help: ArgumentHelp("Files, then the target.", valueName: "path"))
    var paths: [String]

    func validate() throws {
        if paths.count < 2 { throw ValidationError("cp takes one or more files and a target") }
    }

    func run() async throws {
        let (operands, operand, options) = (Array(paths.dropLast()), paths[paths.count - 1], options)
        try await Session.run("cp", connection, isCopy: true) { session in
            let target = try session.path(operand)
            let isInto = try await session.statusIfExists(target)?.isDirectory == true
            let sources = try await session.expand(operands)
            if !isInto, sources.count > 1 { throw Complaint(operand, "Not a directory") }
            var entries: [(entry: RemoteTree.Entry, target: String)] = []
            for source in sources {
                try await session.attempt(source) {
                    let status = try await session.fileSystem.status(of: source)
                    let base = isInto ? RemotePath.join(target, RemotePath.name(source)) : target
                    if base == source { throw Complaint(source, "Is the same file") }
                    if status.isDirectory {
                        if !options.recursive { throw Complaint(source, "Is a directory (-r copies it)") }
                        if base.hasPrefix(source == "/" ? "/" : source + "/") {
                            throw Complaint(source, "Cannot be copied into itself")
                        }
                    }
                    for entry in try await RemoteTree.walk(
                        session.fileSystem, source, status, onError: { try session.fail($0.subject, $0) })
                    {
                        let path = entry.relativePath.isEmpty ? base : RemotePath.join(base, entry.relativePath)
                        entries.append((entry, path))
                    }
                }
            }
            try await Self.copy(entries, session, options, placement)
        }
    }

    private static func copy(
        _ entries: [(entry: RemoteTree.Entry, target: String)], _ session: Session, _ options: TransferOptions,
        _ placement: PlacementOptions
    ) async throws {
        let progress = Progress(
            console: session.console, totalBytes: entries.reduce(0) { $0 + $1.entry.status.length })
        let uploader = Uploader(session: session, options: options, placement: placement, progress: progress)
        var refused = RefusedDirectories()
        for (entry, target) in entries where entry.status.isDirectory {
            try await refused.make(target, session) {
                try await session.fileSystem.makeDirectory(target, mode: entry.status.mode)
            }
        }
        let files = entries.filter { !$0.entry.status.isDirectory && !refused.hasParent(of: $0.target) }
        try await forEach(files, atMost: options.jobs) { entry, target in
            try await session.attempt(target) {
                let reader = try await session.fileSystem.open(entry.path)
                do {
                    let status = entry.status
                    try await uploader.write(
                        to: target, mode: status.mode, modifiedMs: status.modifiedMs, accessedMs: status.accessedMs
                    ) { writer in
                        for try await chunk in reader.chunks() {
                            try await writer.write(chunk)
                            progress.advance(chunk.count)
                        }
                    }
                } catch {
                    await reader.close()
                    throw error
                }
                await reader.close()
            }
        }
    }
}
