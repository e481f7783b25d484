import ArgumentParser
import Client
import Core
import Glibc

/// `hfs get SRC... [DST]`
struct GetCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "get", abstract: "Copy files out of the filesystem; - is standard output.")

    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var options: TransferOptions
    @Argument(
        help: ArgumentHelp("Files, then the local target (here, when there is only one path).", valueName: "path"))
    var paths: [String]

    func run() async throws {
        let operands = paths.count > 1 ? Array(paths.dropLast()) : paths
        let target = paths.count > 1 ? paths[paths.count - 1] : "."
        let options = options
        try await Session.run("get", connection, isCopy: true) { session in
            let sources = try await session.expand(operands)
            let isInto = (try? LocalTree.entry(target).kind) == .directory
            if target != "-", !isInto, sources.count > 1 { throw Complaint(target, "Not a directory") }
            var entries: [(entry: RemoteTree.Entry, target: String)] = []
            for source in sources {
                try await session.attempt(source) {
                    let status = try await session.fileSystem.status(of: source)
                    if status.isDirectory, target == "-" || !options.recursive {
                        throw Complaint(source, target == "-" ? "Is a directory" : "Is a directory (-r copies it)")
                    }
                    let base = isInto ? "\(target)/\(RemotePath.name(source))" : target
                    for entry in try await RemoteTree.walk(
                        session.fileSystem, source, status, onError: { try session.fail($0.subject, $0) })
                    {
                        entries.append((entry, entry.relativePath.isEmpty ? base : "\(base)/\(entry.relativePath)"))
                    }
                }
            }
            try await Self.get(entries, toOutput: target == "-", session, options)
        }
    }

    private static func get(
        _ entries: [(entry: RemoteTree.Entry, target: String)], toOutput: Bool, _ session: Session,
        _ options: TransferOptions
    ) async throws {
        let progress = Progress(
            console: session.console, totalBytes: entries.reduce(0) { $0 + $1.entry.status.length })
        let downloader = Downloader(session: session, options: options, progress: progress)
        if toOutput {
            let output = try LocalFile.standardOutput()
            for (entry, _) in entries {
                try await session.attempt(entry.path) { try await downloader.copy(entry.path, to: output) }
            }
            return
        }
        var refused = RefusedDirectories()
        for (entry, target) in entries where entry.status.isDirectory {
            try await refused.make(target, session) {
                let mode = mode_t(entry.status.mode.bits & 0o777 | 0o700)
                if mkdir(target, mode) != 0, errno != EEXIST { throw Complaint(errnoOf: target) }
            }
        }
        let files = entries.filter { !$0.entry.status.isDirectory && !refused.hasParent(of: $0.target) }
        try await forEach(files, atMost: options.jobs) { entry, target in
            try await session.attempt(entry.path) {
                try await downloader.copy(entry.path, entry.status, toFile: target)
            }
        }
    }
}
