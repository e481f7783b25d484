import ArgumentParser
import Client
import Core
import MLRuntime

/// `hfs tensorboard EXPERIMENT`
struct TensorBoardCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "tensorboard", abstract: "Run TensorBoard on an experiment, until it is interrupted.",
        discussion: """
            The experiment's event files are copied to a local directory, and what changes in hfs is taken over; the directory \
            goes with the command. TensorBoard is the program on $PATH, or the one of --python.
            """)

    struct Record: Encodable {
        let url: String
        let path: String
    }

    @OptionGroup var options: ExperimentOptions
    @Option(help: ArgumentHelp("A Python that has TensorBoard, or its virtual environment.", valueName: "path"))
    var python: String?
    @Option(help: ArgumentHelp("Where it serves; else a free port from 6006 on.", valueName: "number")) var port:
        UInt16?
    @Option(help: ArgumentHelp("The address that it serves on.", valueName: "address")) var host = "127.0.0.1"
    @Argument(help: "The experiment, NAME-N or its path; any directory with event files.") var id: String

    private static let portPreferred: UInt16 = 6006
    private static let portTries = 8

    func run() async throws {
        let this = self
        try await Session.run("tensorboard", options.connection) { session in
            let root = this.options.paths(this.id).root
            guard try await session.statusIfExists(root)?.isDirectory == true else {
                throw Complaint(root, "No such experiment")
            }
            let command = try TensorBoardProgram.command(python: this.python)
            let folder = try MirrorFolder()
            defer { folder.remove() }
            let mirror = try await EventFileMirror(root, into: folder.events, on: session.fileSystem)
            let server = try await this.start(command, folder)
            do {
                let record = Record(url: server.url, path: root)
                try session.console.line(this.options.json ? JSONOutput.line(record) : record.url)
                try session.console.flush()
                try await Self.serve(server, mirror)
            } catch {
                await Task { await server.stop() }.value
                throw error
            }
        }
    }

    private func start(_ command: [String], _ folder: MirrorFolder) async throws -> TensorBoardServer {
        var ports = PortChooser()
        for _ in 0..<(port == nil ? Self.portTries : 1) {
            let port = try port.map { try ports.take($0) } ?? ports.near(Self.portPreferred)
            let server = try await TensorBoardServer.start(
                command, on: folder.events, host: host, port: port,
                environment: Environment.list(with: ["TMPDIR": folder.temporary]))
            if let server { return server }
        }
        throw Complaint("port \(port ?? Self.portPreferred)", "is in use (choose one with --port)")
    }

    /// Until one of them fails or the command is interrupted.
    private static func serve(_ server: TensorBoardServer, _ mirror: EventFileMirror) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await server.watch() }
            group.addTask {
                var mirror = mirror
                while true {
                    do throws(HFSError) {
                        try await mirror.follow()
                    } catch {
                        // A namenode that is away for long is no reason to take what is shown from who looks at it: the client has
                        // tried for two minutes, and tries again.
                        guard error.code.isRetryable || error.code == .connectionLost || error.code == .timedOut else {
                            throw error
                        }
                    }
                }
            }
            defer { group.cancelAll() }
            while try await group.next() != nil {}
        }
    }
}
