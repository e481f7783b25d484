import ArgumentParser
import Client
import Core

/// `hfs xattr ls PATH...`
struct XAttrListCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "ls", abstract: "List attributes and their values.")

    struct Record: Encodable {
        let path: String
        let name: String
        let value: String
    }

    @OptionGroup var connection: ConnectionOptions
    @Flag(help: "An array of objects.") var json = false
    @Argument(help: "Paths.") var paths: [String]

    func run() async throws {
        let (paths, json) = (paths, json)
        try await Session.run("xattr ls", connection) { session in
            var records: [Record] = []
            let expanded = try await session.expand(paths)
            for path in expanded {
                try await session.attempt(path) {
                    for attribute in try await session.fileSystem.xattrs(of: path) {
                        records.append(Record(path: path, name: attribute.fullName, value: attribute.valueText))
                    }
                }
            }
            if json {
                try session.console.line(JSONOutput.text(records))
                return
            }
            for record in records {
                let prefix = expanded.count > 1 ? "\(record.path): " : ""
                try session.console.line("\(prefix)\(record.name)=\(record.value)")
            }
        }
    }
}
