import ArgumentParser
import MLRuntime

/// `hfs job show JOB`
struct JobShowCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "Show a job: how it stands, what it asked for, who runs it.")

    @OptionGroup var options: JobOptions
    @Flag(help: "An object.") var json = false
    @Argument(help: "The job, NAME-N or its path.") var id: String

    func run() async throws {
        let (options, id, json) = (options, id, json)
        try await Session.run("job show", options.connection) { session in
            let status = try await options.status(id, on: session.fileSystem)
            let record = JobRecord(status)
            if json { return try session.console.line(JSONOutput.text(record)) }
            var rows = [
                ["job", record.path], ["state", record.state], ["user", record.user],
                ["created", Format.time(record.createdMs, seconds: true)],
                ["command", RunText.command(record.command)],
                ["attempt", "\(record.attempt), \(record.failures) failed"],
                [
                    "asks for",
                    "\(record.workers) x \(record.gpus) GPUs, \(record.cpus) CPUs, \(record.memoryBytes >> 20) MiB",
                ],
            ]
            if let reason = record.reason { rows.insert(["reason", reason], at: 2) }
            if !record.after.isEmpty {
                rows.append(["after", record.after.map { JobPaths($0).id }.joined(separator: ", ")])
            }
            for (agent, run) in zip(record.agents, record.runs) { rows.append(["agent", "\(agent)  \(run)"]) }
            for line in TextTable.lines(rows) { try session.console.line(line) }
        }
    }
}
