import ArgumentParser
import Client
import Core

/// `hfs df [-h]`
struct DiskFreeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "df", abstract: "Show how full the cluster is.")

    struct Record: Encodable {
        let uri: String
        let capacity: UInt64
        let used: UInt64
        let available: UInt64
        let underReplicatedBlocks: UInt64
        let corruptBlocks: UInt64
        let missingBlocks: UInt64
    }

    @OptionGroup var connection: ConnectionOptions
    @Flag(name: .short, help: "Sizes as 1.4G.") var human = false
    @Flag(help: "An object.") var json = false

    func run() async throws {
        let (uri, human, json) = (connection.resolvedURI, human, json)
        try await Session.run("df", connection) { session in
            let status = try await session.fileSystem.fileSystemStatus()
            if json {
                let record = Record(
                    uri: uri, capacity: status.capacityBytes, used: status.usedBytes, available: status.remainingBytes,
                    underReplicatedBlocks: status.underReplicatedBlocks, corruptBlocks: status.corruptBlocks,
                    missingBlocks: status.missingBlocks)
                try session.console.line(JSONOutput.text(record))
                return
            }
            let share = status.capacityBytes == 0 ? 0 : Double(status.usedBytes) * 100 / Double(status.capacityBytes)
            let rows = [
                ["Filesystem", "Size", "Used", "Available", "Use%"],
                [
                    uri, Format.size(status.capacityBytes, human: human), Format.size(status.usedBytes, human: human),
                    Format.size(status.remainingBytes, human: human), "\(Format.fixed(share, 0))%",
                ],
            ]
            for line in TextTable.lines(rows, alignedRight: [1, 2, 3, 4]) { try session.console.line(line) }
        }
    }
}
