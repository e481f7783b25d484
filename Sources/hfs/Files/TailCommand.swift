import ArgumentParser
import Client
import Core

/// `hfs tail PATH`
struct TailCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "tail",
        abstract: "Show the last lines or bytes of a file, and with -f what is written to it from now on.",
        discussion: """
            With -f the path counts: a file that replaces the one that lay there is shown from its start, one that is gone \
            is waited for; both are said on standard error.
            """)

    @OptionGroup var connection: ConnectionOptions
    @Option(name: .short, parsing: .unconditional, help: ArgumentHelp("Lines.", valueName: "count")) var n = 10
    @Option(name: .short, parsing: .unconditional, help: ArgumentHelp("Bytes, instead of lines.", valueName: "count"))
    var c: Int?
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
                let status = try await fileSystem.status(of: path)
                if status.isDirectory { throw Complaint(operand, "Is a directory") }
                let reader = try await fileSystem.open(path)
                do {
                    var follower = TailFollower(
                        path, inode: status.inode, reader: reader,
                        position: try await Self.start(reader, lines: lines, bytes: bytes), to: output, session)
                    try await follower.copy()
                    if follow { try await follower.follow() }
                } catch {
                    await reader.close()
                    throw error
                }
                await reader.close()
            }
        }
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
