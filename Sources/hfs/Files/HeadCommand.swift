import ArgumentParser
import Client
import Core

/// `hfs head PATH...`
struct HeadCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "head", abstract: "Show the first lines or bytes of files.")

    @OptionGroup var connection: ConnectionOptions
    @Option(name: .short, parsing: .unconditional, help: ArgumentHelp("Lines.", valueName: "count")) var n = 10
    @Option(name: .short, parsing: .unconditional, help: ArgumentHelp("Bytes, instead of lines.", valueName: "count"))
    var c: Int?
    @Argument(help: "Files.") var paths: [String]

    func validate() throws {
        if n < 0 || c ?? 0 < 0 { throw ValidationError("a count is not negative") }
    }

    func run() async throws {
        let (paths, lines, bytes) = (paths, n, c)
        try await Session.run("head", connection) { session in
            let output = try LocalFile.standardOutput()
            let expanded = try await session.expand(paths)
            for (index, path) in expanded.enumerated() {
                try await session.attempt(path) {
                    if try await session.fileSystem.status(of: path).isDirectory {
                        throw Complaint(path, "Is a directory")
                    }
                    if expanded.count > 1 {
                        try await output.write(Array("\(index > 0 ? "\n" : "")==> \(path) <==\n".utf8))
                    }
                    let reader = try await session.fileSystem.open(path)
                    do {
                        try await Self.copy(reader, lines: lines, bytes: bytes, to: output)
                    } catch {
                        await reader.close()
                        throw error
                    }
                    await reader.close()
                }
            }
        }
    }

    private static func copy(_ reader: FileReader, lines: Int, bytes: Int?, to output: LocalFile) async throws {
        // A small read first: ten lines seldom need a whole chunk.
        var position: UInt64 = 0
        var linesLeft = lines
        var bytesLeft = bytes ?? Int.max
        var count = 64 << 10
        while bytesLeft > 0, bytes != nil || linesLeft > 0 {
            let chunk = try await reader.read(at: position, count: min(count, bytesLeft))
            if chunk.isEmpty { return }
            var end = chunk.count
            if bytes == nil {
                for (index, byte) in chunk.enumerated() where byte == 10 {
                    linesLeft -= 1
                    if linesLeft == 0 {
                        end = index + 1
                        break
                    }
                }
            }
            try await output.write(Array(chunk[..<end]))
            position += UInt64(chunk.count)
            bytesLeft -= chunk.count
            count = 1 << 20
        }
    }
}
