import ArgumentParser
import Core
import Glibc

/// `hfs cluster stop`
struct ClusterStopCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "stop", abstract: "Stop the cluster; what it holds stays. Returns when all processes are gone.")

    @OptionGroup var location: ClusterDirectoryOptions
    @Option(help: ArgumentHelp("How long to wait for each process.", valueName: "seconds")) var timeout = 60

    func run() async throws {
        let console = Console(command: "cluster stop")
        let (directory, timeoutMs) = (location.directory, Int64(timeout) * 1000)
        do {
            let stopped = try await Blocking.run { try Self.stop(directory, timeoutMs: timeoutMs) }
            try console.line(stopped.isEmpty ? "Nothing was running." : "Stopped \(stopped.joined(separator: ", ")).")
            try console.flush()
        } catch {
            console.complain(Complaint(error, about: ""))
            throw ExitCode(1)
        }
    }

    /// Stops the tailer, the datanodes, all at once, then the namenode. Blocks.
    private static func stop(_ directory: ClusterDirectory, timeoutMs: Int64) throws -> [String] {
        guard let record = try directory.record() else {
            throw Complaint(directory.root, "No cluster here")
        }
        var stopped: [String] = []
        for group in [[ClusterRecord.tailer], record.datanodes.map(\.name), [ClusterRecord.namenode]] {
            var signalled: [(name: String, pid: pid_t)] = []
            for name in group {
                guard let pid = try RunLock(path: directory.runFile(name)).runningPID() else { continue }
                guard kill(pid, SIGTERM) == 0 || errno == ESRCH else {
                    throw Complaint(errnoOf: "\(name) (pid \(pid))")
                }
                signalled.append((name, pid))
            }
            for (name, pid) in signalled {
                guard try RunLock(path: directory.runFile(name)).waitUntilFree(timeoutMs: timeoutMs) else {
                    throw Complaint(
                        name,
                        "still running after \(timeoutMs / 1000) s (pid \(pid)); its log is \(directory.logFile(name))")
                }
                stopped.append(name)
            }
        }
        return stopped
    }
}
