import ArgumentParser
import Client
import Core

/// `hfs checksum PATH...`
struct ChecksumCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "checksum", abstract: "Show the checksums of files, as HDFS computes them.")

    struct Record: Encodable {
        let path: String
        let algorithm: String
        let checksum: String
    }

    @OptionGroup var connection: ConnectionOptions
    @Flag(help: "CRC-32C of the bytes alone, whatever the blocks.") var composite = false
    @Flag(help: "An array of objects.") var json = false
    @Argument(help: "Files.") var paths: [String]

    func run() async throws {
        let (paths, json, kind) = (paths, json, composite ? FileChecksum.Kind.compositeCRC : .md5OfBlocks)
        try await Session.run("checksum", connection) { session in
            var records: [Record] = []
            for path in try await session.expand(paths) {
                try await session.attempt(path) {
                    if try await session.fileSystem.status(of: path).isDirectory {
                        throw Complaint(path, "Is a directory")
                    }
                    let sum = try await session.fileSystem.checksum(of: path, kind: kind)
                    let record = Record(path: path, algorithm: sum.algorithm, checksum: sum.hexadecimal)
                    if json {
                        records.append(record)
                    } else {
                        try session.console.line("\(path)\t\(record.algorithm)\t\(record.checksum)")
                    }
                }
            }
            if json { try session.console.line(JSONOutput.text(records)) }
        }
    }
}
