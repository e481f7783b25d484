import ArgumentParser
import Client
import Core

/// `hfs tail PATH`
struct TailCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "tail",
        abstract: "Show the last lines or bytes of a file, and with -f what is written to it from now on.")

    @OptionGroup var connection: ConnectionOptions
    @Option(name: .short, help: ArgumentHelp("Lines.", valueName: "count")) var n = 10
    @Option(name: .short, help: ArgumentHelp("Bytes, instead of lines.", valueName: "count")) var c: Int?
    @Flag(name: .short, help: "Go on until interrupted.") var follow = false
    @Argument(help: "A file.") var path: String

    func validate() throws {
        if n < 0 || c ?? 0 < 0 { throw ValidationError("a count is not negative") }
    }

    func run() async throws {
        let (operand, lines, bytes, follow) = (path, n, c, follow)
        try await Session.run("tail", connection) { session in
            let path = try session.path(operand)
            let fileSystem = session.fileSystem
            let output = try LocalFile.standardOutput()
            try await session.attempt(operand) {
                if try await fileSystem.status(of: path).isDirectory { throw Complaint(operand, "Is a directory") }
                let reader = try await fileSystem.open(path)
                do {
                    var position = try await Self.start(reader, lines: lines, bytes: bytes)
                    position = try await Self.copy(reader, from: position, to: output)
                    while follow {
                        try await Pause.beforeAskingAgain()
                        try await reader.refresh()
                        position = try await Self.copy(reader, from: position, to: output)
                    }
                } catch {
                    await reader.close()
                    throw error
                }
                await reader.close()
            }
        }
    }

    private static func copy(_ reader: FileReader, from position: UInt64, to output: LocalFile) async throws -> UInt64 {
        var position = position
        for try await chunk in reader.chunks(from: position) {
            try await output.write(chunk)
            position += UInt64(chunk.count)
        }
        return position
    }

    /// Where the last `lines` lines begin, found by reading backwards.
    private static func start(_ reader: FileReader, lines: Int, bytes: Int?) async throws -> UInt64 {
        let length = reader.length
        if let bytes { return length - min(length, UInt64(bytes)) }
        if lines == 0 { return length }
        var end = length
        var newlines = 0
        while end > 0 {
            let begin = end - min(end, 64 << 10)
            let chunk = try await reader.read(at: begin, count: Int(end - begin))
            for index in chunk.indices.reversed() where chunk[index] == 10 {
                let isLastByte = begin + UInt64(index) == length - 1
                if isLastByte { continue }
                newlines += 1
                if newlines == lines { return begin + UInt64(index) + 1 }
            }
            end = begin
        }
        return 0
    }
}
