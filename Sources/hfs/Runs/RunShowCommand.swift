import ArgumentParser
import Client
import Core
import MLRuntime

/// `hfs run show ID`
struct RunShowCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "show", abstract: "Show one run.")

    @OptionGroup var connection: ConnectionOptions
    @Flag(help: "An object.") var json = false
    @Argument(help: "The run, run-123.") var id: String

    func run() async throws {
        let (id, json) = (id, json)
        try await Session.run("run show", connection) { session in
            guard let run = try await session.fileSystem.run(try RunText.id(id)) else {
                throw Complaint(id, "No such run")
            }
            if json { return try session.console.line(JSONOutput.text(RunRecord(run))) }
            var rows = [
                ["run", "\(run.id)"], ["name", run.name], ["user", run.user], ["state", "\(run.state)"],
                ["started", Format.time(run.startedMs, seconds: true)],
            ]
            if let endedMs = run.endedMs { rows.append(["ended", Format.time(endedMs, seconds: true)]) }
            if let exitCode = run.exitCode { rows.append(["exit code", "\(exitCode)"]) }
            if let parent = run.parent { rows.append(["parent", "\(parent)"]) }
            for (name, value) in [
                ("project", run.project), ("kind", run.kind), ("command", run.command), ("host", run.host),
            ] where !value.isEmpty {
                rows.append([name, value])
            }
            for line in TextTable.lines(rows) { try session.console.line(line) }
        }
    }
}
