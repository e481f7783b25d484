import ArgumentParser
import MLRuntime

/// `hfs job ls`
struct JobListCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "ls", abstract: "List the jobs of a project, the newest first.")

    @OptionGroup var options: JobOptions
    @Flag(help: "An array of objects.") var json = false

    func run() async throws {
        let (options, json) = (options, json)
        try await Session.run("job ls", options.connection) { session in
            var records: [JobRecord] = []
            for paths in try await JobStore.list(project: options.resolvedProject, on: session.fileSystem) {
                try await session.attempt(paths.root) {
                    records.append(JobRecord(try await JobStore.status(paths, on: session.fileSystem)))
                }
            }
            records.sort { ($0.createdMs, $0.id) > ($1.createdMs, $1.id) }
            if json { return try session.console.line(JSONOutput.text(records)) }
            let rows = records.map { record in
                [
                    record.id, record.state, record.user, Format.time(record.createdMs, seconds: true),
                    RunText.command(record.command), record.reason ?? "",
                ]
            }
            for line in TextTable.lines(rows) { try session.console.line(line) }
        }
    }
}
