import ArgumentParser
import Client
import Core

/// `hfs count [-h] PATH...`
struct CountCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "count", abstract: "Count directories, files and bytes below paths.",
        discussion: """
            A total takes the right to read the path itself; it counts what lies in unreadable directories below, too.
            """)

    struct Record: Encodable {
        let path: String
        let directories: UInt64
        let files: UInt64
        let length: UInt64
        let spaceConsumed: UInt64
        let namespaceQuota: Int64?
        let spaceQuota: Int64?
    }

    @OptionGroup var connection: ConnectionOptions
    @Flag(name: .short, help: "Sizes as 1.4G.") var human = false
    @Flag(help: "An array of objects.") var json = false
    @Argument(help: "Paths.") var paths: [String]

    func run() async throws {
        let (paths, human, json) = (paths, human, json)
        try await Session.run("count", connection) { session in
            var records: [Record] = []
            for path in try await session.expand(paths) {
                try await session.attempt(path) {
                    let summary = try await session.fileSystem.contentSummary(of: path)
                    records.append(
                        Record(
                            path: path, directories: summary.directoryCount, files: summary.fileCount,
                            length: summary.length, spaceConsumed: summary.spaceConsumed,
                            namespaceQuota: summary.namespaceQuota >= 0 ? summary.namespaceQuota : nil,
                            spaceQuota: summary.spaceQuota >= 0 ? summary.spaceQuota : nil))
                }
            }
            if json {
                try session.console.line(JSONOutput.text(records))
                return
            }
            let rows = records.map {
                [
                    String($0.directories), String($0.files), Format.size($0.length, human: human),
                    session.console.name($0.path),
                ]
            }
            for line in TextTable.lines(rows, alignedRight: [0, 1, 2]) { try session.console.line(line) }
        }
    }
}
