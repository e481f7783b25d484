import ArgumentParser

/// `hfs cluster status`
struct ClusterStatusCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "status", abstract: "Show what runs and is healthy; exit code 0 when all of it is, 1 when not.")

    @OptionGroup var location: ClusterDirectoryOptions
    @Flag(help: "Addresses and pids as an object.") var json = false

    func run() async throws {
        let console = Console(command: "cluster status")
        let directory = location.directory
        do {
            guard let record = try directory.record() else {
                throw Complaint(directory.root, "No cluster here ('hfs cluster start' makes one)")
            }
            let report = try await Blocking.run {
                var report = try ClusterReport(directory, record)
                report.askHealth(record)
                return report
            }
            if json {
                try console.line(JSONOutput.text(report))
            } else {
                let running = report.servers.count { $0.isRunning }
                try console.line(
                    "\(running) of \(report.servers.count) servers of \(report.uri) run (\(report.directory))")
                for line in report.lines { try console.line(line) }
            }
            try console.flush()
            if report.isHealthy != true { throw ExitCode(1) }
        } catch let code as ExitCode {
            throw code
        } catch {
            console.complain(Complaint(error, about: ""))
            throw ExitCode(1)
        }
    }
}
