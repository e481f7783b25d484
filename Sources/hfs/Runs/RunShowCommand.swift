import ArgumentParser
import Client
import Core
import MLRuntime

/// `hfs run show ID`
struct RunShowCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "Show one run, with the files that it read and made.")

    @OptionGroup var connection: ConnectionOptions
    @Flag(help: "An object.") var json = false
    @Argument(help: "The run, run-123.") var id: String

    func run() async throws {
        let (id, json) = (id, json)
        try await Session.run("run show", connection) { session in
            guard let run = try await session.fileSystem.run(try RunText.id(id)) else {
                throw Complaint(id, "No such run")
            }
            var files: [RunFile]?
            var problem = ""
            do throws(HFSError) {
                files = try await RunFile.list(of: run.id, on: session.fileSystem)
            } catch {
                // What the namenode knows of the run is told without the provenance service, too.
                problem = "unknown: \(error.message)"
            }
            if json { return try session.console.line(JSONOutput.text(RunRecord(run, files: files))) }
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
            rows += files.map(RunFile.rows) ?? [["files", problem]]
            for line in TextTable.lines(rows) { try session.console.line(line) }
        }
    }
}
