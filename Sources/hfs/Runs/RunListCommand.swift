import ArgumentParser
import Client
import Core
import MLRuntime

/// `hfs run ls`
struct RunListCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "ls", abstract: "List runs, the newest first: your own; for superusers everybody's.")

    @OptionGroup var connection: ConnectionOptions
    @Option(help: ArgumentHelp("Only this user's.", valueName: "name")) var of: String?
    @Option(help: ArgumentHelp("Only those: running, finished, failed, killed, lost.", valueName: "state"))
    var state: String?
    @Option(help: ArgumentHelp("Only those of this project.", valueName: "name")) var project: String?
    @Option(help: ArgumentHelp("Only those nested in this run.", valueName: "run")) var parent: String?
    @Option(name: [.customShort("n"), .long], help: ArgumentHelp("At most so many.", valueName: "count"))
    var limit = 100
    @Flag(help: "An array of objects.") var json = false

    func validate() throws {
        if let state, Self.state(state) == nil { throw ValidationError("\(state) is no state of a run") }
        if limit < 1 { throw ValidationError("--limit is at least 1") }
    }

    private static func state(_ text: String) -> RunState? {
        RunState.allCases.first { "\($0)" == text.lowercased() }
    }

    func run() async throws {
        var filter = HFSFileSystem.RunFilter()
        filter.user = of
        filter.state = state.flatMap { Self.state($0) }
        filter.project = project
        filter.parent = try parent.map { try RunText.id($0) }
        let (wanted, limit, json) = (filter, limit, json)
        try await Session.run("run ls", connection) { session in
            let runs = try await session.fileSystem.runs(wanted, limit: limit)
            if json { return try session.console.line(JSONOutput.text(runs.map { RunRecord($0) })) }
            let rows = runs.map { run in
                [
                    "\(run.id)", "\(run.state)", run.user, Format.time(run.startedMs, seconds: true),
                    run.kind.isEmpty ? "-" : run.kind, run.name,
                ]
            }
            for line in TextTable.lines(rows) { try session.console.line(line) }
        }
    }
}
