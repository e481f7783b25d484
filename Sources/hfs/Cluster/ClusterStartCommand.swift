import ArgumentParser
import Core
import Glibc

/// `hfs cluster start`
struct ClusterStartCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "start", abstract: "Start a namenode and datanodes; ready when it returns.",
        discussion: """
            Started again on the same directory it brings back what was there, and starts only what does not run. The \
            first start fixes the ports: --port for the namenode, HDFS's own ones or free ones near by for the rest.
            """)

    static let datanodesDefault = 3
    static let datanodesMax = 64

    @OptionGroup var location: ClusterDirectoryOptions
    @Option(help: ArgumentHelp("How many datanodes (3, or as many as there were).", valueName: "count"))
    var datanodes: Int?
    @Option(help: ArgumentHelp("The namenode's port (8020, or as before); 0 finds a free one.", valueName: "port"))
    var port: UInt16?
    @Option(help: ArgumentHelp("How long to wait for it to be ready.", valueName: "seconds"))
    var timeout = 60
    @Flag(help: "Addresses and pids as an object.") var json = false

    func validate() throws {
        if let datanodes, !(1...Self.datanodesMax ~= datanodes) {
            throw ValidationError("--datanodes takes 1 to \(Self.datanodesMax)")
        }
        if timeout < 1 { throw ValidationError("--timeout is at least 1") }
        if let port, port != 0, !(1024..<32_768 ~= port) { throw ValidationError("--port takes 1024 to 32767, or 0") }
    }

    func run() async throws {
        let console = Console(command: "cluster start")
        let directory = location.directory
        let (datanodes, port, timeoutMs) = (datanodes, port, Int64(timeout) * 1000)
        do {
            let (report, started) = try await Interrupt.cancelling {
                let starter = try ClusterStarter(directory: directory, timeoutMs: timeoutMs)
                return try await withTaskCancellationHandler {
                    try await Blocking.run { try starter.start(datanodes: datanodes, port: port) }
                } onCancel: {
                    starter.cancel()
                }
            }
            if json {
                try console.line(JSONOutput.text(report))
            } else {
                let isFresh = started.count == report.servers.count
                try console.line(
                    started.isEmpty
                        ? "The cluster in \(report.directory) is already running at \(report.uri)"
                        : isFresh
                            ? "The cluster in \(report.directory) is ready at \(report.uri)"
                            : "The cluster in \(report.directory) is ready at \(report.uri); started \(started.joined(separator: ", "))"
                )
                for line in report.lines { try console.line(line) }
                if ConnectionOptions.standardURI != report.uri {
                    try console.line("For hfs commands to find it:\n  export HFS_URI=\(report.uri)")
                }
            }
            try console.flush()
        } catch let interrupted as Interrupt.Interrupted {
            throw ExitCode(128 + interrupted.signal)
        } catch {
            console.complain(Complaint(error, about: ""))
            throw ExitCode(1)
        }
    }
}
