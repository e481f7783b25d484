import ArgumentParser
import Client
import Core
import Glibc

/// `hfs put SRC... DST`
struct PutCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "put", abstract: "Copy local files into the filesystem; - is standard input.")

    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var options: TransferOptions
    @OptionGroup var placement: PlacementOptions
    @Argument(help: ArgumentHelp("Local files, then the target.", valueName: "path"))
    var paths: [String]

    func validate() throws {
        if paths.count < 2 { throw ValidationError("put takes one or more local files and a target") }
        if paths.dropLast().contains("-"), paths.count > 2 {
            throw ValidationError("- cannot stand beside other sources")
        }
    }

    func run() async throws {
        let (operands, operand, options) = (Array(paths.dropLast()), paths[paths.count - 1], options)
        try await Session.run("put", connection, isCopy: true) { session in
            let target = try session.path(operand)
            let targetStatus = try await session.statusIfExists(target)
            let isInto = targetStatus?.isDirectory == true
            if !isInto, operands.count > 1 || (operand.hasSuffix("/") && operands != ["-"]) && targetStatus != nil {
                throw Complaint(operand, targetStatus == nil ? "No such file or directory" : "Not a directory")
            }
            if operands == ["-"] {
                let progress = Progress(console: session.console, totalBytes: nil)
                try await session.attempt(operand) {
                    try await Uploader(session: session, options: options, placement: placement, progress: progress)
                        .copy(LocalFile.standardInput(), to: target, mode: nil)
                }
                return
            }
            var entries: [(entry: LocalTree.Entry, target: String)] = []
            for source in operands {
                try await session.attempt(source) {
                    let start = try LocalTree.entry(source)
                    let name = start.path.split(separator: "/").last.map(String.init) ?? ""
                    let base = isInto ? RemotePath.join(target, try Self.plain(name, source)) : target
                    if start.kind == .directory, !options.recursive {
                        throw Complaint(source, "Is a directory (-r copies it)")
                    }
                    for entry in try LocalTree.walk(start, onError: { try session.fail($0.subject, $0) }) {
                        let path = entry.relativePath.isEmpty ? base : RemotePath.join(base, entry.relativePath)
                        entries.append((entry, path))
                    }
                }
            }
            try await Self.put(entries, session, options, placement)
        }
    }

    private static func plain(_ name: String, _ source: String) throws -> String {
        if name.isEmpty || name == "." || name == ".." {
            throw Complaint(source, "name the directory, or the target in full")
        }
        return name
    }

    private static func put(
        _ entries: [(entry: LocalTree.Entry, target: String)], _ session: Session, _ options: TransferOptions,
        _ placement: PlacementOptions
    ) async throws {
        let progress = Progress(
            console: session.console, totalBytes: entries.reduce(0) { $0 + $1.entry.length })
        let uploader = Uploader(session: session, options: options, placement: placement, progress: progress)
        var refused = RefusedDirectories()
        for (entry, target) in entries where entry.kind == .directory {
            try await refused.make(target, session) {
                try await session.fileSystem.makeDirectory(target, mode: FileMode(entry.mode | 0o700))
            }
        }
        let files = entries.filter { $0.entry.kind != .directory && !refused.hasParent(of: $0.target) }
        try await forEach(files, atMost: options.jobs) { entry, target in
            try await session.attempt(target) {
                guard entry.kind == .file else { throw Complaint(entry.path, "Not a regular file") }
                let file = try LocalFile.reading(entry.path)
                try await uploader.copy(
                    file, to: target, mode: FileMode(entry.mode), modifiedMs: entry.modifiedMs,
                    accessedMs: entry.accessedMs)
                try await file.close()
            }
        }
    }
}
