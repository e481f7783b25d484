import ArgumentParser
import Client
import Core
import MLRuntime

/// `hfs run start -- COMMAND...`
struct RunStartCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "start",
        abstract: "Run a program; what it reads and writes through any HDFS client is attributed to the run.",
        discussion: """
            The program gets the run's delegation token in $HADOOP_TOKEN_FILE_LOCATION, a Hadoop configuration that uses \
            it in $HADOOP_CONF_DIR, the run's id in $HFS_RUN, and in $HFS_RUN_USER the user name for clients that know no \
            tokens. $HFS_CALLER_CONTEXT is for programs that set a caller context themselves, on hosts where the token is \
            not. The exit code is the program's.
            """)

    @OptionGroup var connection: ConnectionOptions
    @Option(help: ArgumentHelp("What the run is called; else the program's name.", valueName: "name")) var name: String?
    @Option(help: ArgumentHelp("The project that it belongs to.", valueName: "name")) var project: String?
    @Option(help: ArgumentHelp("The run that it is nested in; within a run that one.", valueName: "run"))
    var parent: String?
    @Option(help: ArgumentHelp("job, trial, attempt, ...", valueName: "kind")) var kind = "job"
    @Flag(help: "Run $SHELL instead of a program.") var shell = false
    @Argument(parsing: .postTerminator, help: ArgumentHelp("The program and its arguments.", valueName: "command"))
    var command: [String] = []

    /// How often the token is renewed: a quarter of its life.
    private static let renewalSeconds = Limits.tokenLifetimeMs / 4000

    func validate() throws {
        if shell != command.isEmpty { throw ValidationError("run start takes a program behind --, or --shell") }
    }

    func run() async throws {
        let console = Console(command: "run start")
        do {
            throw ExitCode(try await start(console))
        } catch let code as ExitCode {
            throw code
        } catch {
            console.complain(Complaint(error, about: ""))
            throw ExitCode(1)
        }
    }

    private func start(_ console: Console) async throws -> Int32 {
        let arguments = shell ? [Environment["SHELL"] ?? "/bin/sh"] : command
        let fileSystem: HFSFileSystem
        do throws(HFSError) {
            fileSystem = try await connection.connect()
        } catch {
            throw Session.complaint(error, connection.resolvedURI)
        }
        var request = HFSFileSystem.RunRequest(
            name: name ?? String(arguments[0].split(separator: "/").last ?? "run"))
        request.project = project ?? ""
        request.parent = try parent.map { try RunText.id($0) }
        request.kind = kind
        request.command = RunText.command(arguments)
        request.host = HostName.current
        let started: HFSFileSystem.StartedRun
        do throws(HFSError) {
            started = try await fileSystem.startRun(request)
        } catch {
            // Of all that a run's start names only its parent must be there.
            if error.code == .fileNotFound, let parent { throw Complaint(parent, "No such run") }
            throw error
        }
        SignalRelay.begin()
        let ending: ChildProgram.Ending
        do {
            ending = try await execute(arguments, started, fileSystem)
        } catch {
            // What went wrong before counts; a run whose end cannot be told is lost when its token expires.
            _ = try? await fileSystem.endRun(started.run.id, .failed)
            throw error
        }
        do {
            try await fileSystem.endRun(started.run.id, ending.state, exitCode: ending.exitCode)
        } catch {
            console.complain(Complaint(error, about: "\(started.run.id) could not be ended"))
        }
        await fileSystem.close()
        return ending.exitCode
    }

    private func execute(
        _ arguments: [String], _ started: HFSFileSystem.StartedRun, _ fileSystem: HFSFileSystem
    ) async throws -> ChildProgram.Ending {
        let uri = connection.resolvedURI
        let folder = try RunFolder(
            token: started.token, services: fileSystem.tokenServices, uri: uri, given: Environment["HADOOP_CONF_DIR"])
        defer { folder.remove() }
        let environment = Environment.list(with: RunVariables.values(started, folder, uri: uri))
        let program = try ChildProgram(arguments, environment: environment)
        return try await withThrowingTaskGroup(of: ChildProgram.Ending?.self) { group in
            group.addTask { try await Blocking.run { try program.wait() } }
            group.addTask {
                while true {
                    try await Pause.seconds(Self.renewalSeconds)
                    // One that fails leaves three more before the token expires.
                    _ = try? await fileSystem.renew(started.token)
                }
            }
            defer { group.cancelAll() }
            while let ended = try await group.next() {
                if let ending = ended { return ending }
            }
            throw CancellationError()
        }
    }
}
