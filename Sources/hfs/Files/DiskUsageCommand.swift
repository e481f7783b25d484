import ArgumentParser
import Client
import Core

/// `hfs du [-s] [-h] [PATH...]`
struct DiskUsageCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "du", abstract: "Show the bytes of files and directories, and what all their copies take.",
        discussion: """
            A total takes the right to read the path itself; it counts what lies in unreadable directories below, too.
            """)

    struct Record: Encodable {
        let path: String
        let length: UInt64
        let spaceConsumed: UInt64
    }

    @OptionGroup var connection: ConnectionOptions
    @Flag(name: .short, help: "One total for each path, not one for each entry.") var summarize = false
    @Flag(name: .short, help: "Sizes as 1.4G.") var human = false
    @Flag(help: "An array of objects.") var json = false
    @Argument(help: "Paths; your home directory when none is given.") var paths: [String] = []

    func run() async throws {
        let (paths, summarize, human, json) = (paths, summarize, human, json)
        try await Session.run("du", connection) { session in
            var records: [Record] = []
            for path in try await session.expand(paths.isEmpty ? [session.home] : paths) {
                try await session.attempt(path) {
                    let status = try await session.fileSystem.status(of: path)
                    var parts = [path]
                    if status.isDirectory, !summarize {
                        parts = []
                        for try await entry in session.fileSystem.list(path) {
                            parts.append(RemotePath.join(path, entry.nameText))
                        }
                    }
                    for part in parts {
                        try await session.attempt(part) {
                            let summary = try await session.fileSystem.contentSummary(of: part)
                            records.append(
                                Record(path: part, length: summary.length, spaceConsumed: summary.spaceConsumed))
                        }
                    }
                }
            }
            if json {
                try session.console.line(JSONOutput.text(records))
                return
            }
            let rows = records.map {

                [
                    Format.size($0.length, human: human), Format.size($0.spaceConsumed, human: human),
                    session.console.name($0.path),
                ]
            }
            for line in TextTable.lines(rows, alignedRight: [0, 1]) { try session.console.line(line) }
        }
    }
}
