import ArgumentParser
import Client
import Core

/// `hfs stat PATH...`
struct StatCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "stat", abstract: "Show what is known of files and directories.")

    @OptionGroup var connection: ConnectionOptions
    @Flag(help: "An array of objects.") var json = false
    @Argument(help: "Paths.") var paths: [String]

    func run() async throws {
        let (paths, json) = (paths, json)
        try await Session.run("stat", connection) { session in
            var records: [FileRecord] = []
            for path in try await session.expand(paths) {
                try await session.attempt(path) {
                    let status = try await session.fileSystem.status(of: path)
                    if json {
                        records.append(FileRecord(path, status))
                        return
                    }
                    for line in Self.lines(session.console.name(path), status) { try session.console.line(line) }
                }
            }
            if json { try session.console.line(JSONOutput.text(records)) }
        }
    }

    private static func lines(_ path: String, _ status: FileStatus) -> [String] {
        var lines = ["  Path: \(path)"]
        if status.isDirectory {
            let children = status.childrenCount >= 0 ? "   Entries: \(status.childrenCount)" : ""
            lines.append("  Kind: directory\(children)")
        } else {
            let blocks = status.blockSize == 0 ? 0 : (status.length + status.blockSize - 1) / status.blockSize
            lines.append(
                "  Kind: file   Size: \(status.length)   Blocks: \(blocks) of \(status.blockSize)   Copies: \(status.replication)"
            )
        }
        let octal = String(status.mode.bits, radix: 8).leftPaddedWithZeros(4)
        lines.append(
            "  Mode: (\(octal)/\(status.modeText))   Owner: \(status.owner)   Group: \(status.group)   Inode: \(status.inode)"
        )
        lines.append("Modify: \(Format.time(status.modifiedMs, seconds: true))")
        if !status.isDirectory { lines.append("Access: \(Format.time(status.accessedMs, seconds: true))") }
        return lines
    }
}

extension String {
    fileprivate func leftPaddedWithZeros(_ width: Int) -> String {
        String(repeating: "0", count: max(0, width - count)) + self
    }
}
