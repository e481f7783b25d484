import ArgumentParser
import Client
import Core
import Glibc
import MLRuntime

/// `hfs job submit -- COMMAND...`
struct JobSubmitCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "submit",
        abstract: "Run a program where there is room for it.",
        discussion: """
            This process and the project's agents ('hfs agent') take the job, whoever has room first; its output is shown \
            as it comes into the filesystem. With --detached the job is left to the agents. What the command names by a \
            relative path travels with the job. The exit code is 0 when the job has finished. See docs/JOBS.md.
            """)

    @OptionGroup var options: JobOptions
    @Option(help: ArgumentHelp("What the job is called; else the program's name.", valueName: "name")) var name: String?
    @OptionGroup var needs: ResourceOptions
    @Option(help: ArgumentHelp("Programs that run at once and find one another.", valueName: "count")) var workers = 1
    @Option(help: ArgumentHelp("A variable for the program, which everybody may see.", valueName: "name=value"))
    var env: [String] = []
    @Option(help: ArgumentHelp("Variables that only you can read: lines NAME=VALUE.", valueName: "file"))
    var envFile: [String] = []
    @Option(help: ArgumentHelp("A file or directory that travels with the job.", valueName: "path")) var file:
        [String] = []
    @Option(help: ArgumentHelp("A job that must have finished before.", valueName: "job")) var after: [String] = []
    @Option(help: ArgumentHelp("Times that it is tried again after it failed.", valueName: "count")) var retries = 0
    @Option(help: ArgumentHelp("How long an attempt may take: 90, 90s, 30m, 8h, 2d.", valueName: "time"))
    var timeLimit: String?
    @Option(help: ArgumentHelp("Seconds between SIGTERM and SIGKILL.", valueName: "seconds")) var grace = 10.0
    @Flag(help: "Leave the job to 'hfs agent' on this or other hosts, and return.") var detached = false
    @Option(help: ArgumentHelp("Show that worker's output only, as it is.", valueName: "number")) var showRank: Int?
    @Flag(help: "Within a trial or a job: what worker 0 left becomes this program's own outputs, logs and checkpoints.")
    var keepOutputs = false
    @Flag(help: "An object, at the end; the job's output goes to standard error.") var json = false
    @Argument(parsing: .postTerminator, help: ArgumentHelp("The program and its arguments.", valueName: "command"))
    var command: [String] = []

    func validate() throws {
        if command.isEmpty { throw ValidationError("job submit takes a program behind --") }
        for text in env where EnvironmentFile.assignment(text) == nil {
            throw ValidationError("--env takes NAME=VALUE, not '\(text)'")
        }
        guard (0...86_400).contains(grace) else { throw ValidationError("--grace lies between 0 and 86400 seconds") }
        do {
            _ = try needs.resources()
            let package = try ProgramPackage(command, files: file, directory: ProgramSearch.currentDirectory)
            try settings(package, user: "-").check()
        } catch {
            throw ValidationError("\(error)")
        }
        // A detached job's program may be there on other hosts alone.
        guard detached || command[0].contains("/") && !command[0].hasPrefix("/") || ProgramSearch.canRun(command[0])
        else {
            throw ValidationError("\(command[0]): No such program, or it may not be run")
        }
    }

    private func settings(_ package: ProgramPackage, user: String) throws(HFSError) -> JobSettings {
        var settings = try JobSettings(
            name: name ?? String(command[0].split(separator: "/").last ?? "job"), project: options.resolvedProject,
            user: user, createdMs: ExperimentClock.nowMs, command: package.command)
        settings.resources = try needs.resources()
        settings.workers = workers
        settings.environment = env.compactMap { EnvironmentFile.assignment($0) }
            .reduce(into: [:]) { $0[$1.name] = $1.value }
        settings.after = after.map { options.paths($0).root }
        settings.retries = retries
        settings.timeLimitMs = try timeLimit.map { text throws(HFSError) in try TimeText.milliseconds(text) }
        settings.graceMs = Int64(grace * 1000)
        return settings
    }

    func run() async throws {
        let this = self
        try await Session.run("job submit", options.connection, patienceMs: Agent.orphanTimeoutMsDefault) { session in
            let package = try ProgramPackage(
                this.command, files: this.file, directory: ProgramSearch.currentDirectory)
            var secrets: [String: String] = [:]
            for path in this.envFile { secrets.merge(try await EnvironmentFile.read(path)) { $1 } }
            let paths = try await JobStore.create(
                this.settings(package, user: session.user), program: package.sources, secrets: secrets,
                on: session.fileSystem)
            if !this.detached { return try await this.follow(paths, session) }
            let status = try await JobStore.status(paths, on: session.fileSystem)
            try session.console.line(this.json ? JSONOutput.text(JobRecord(status)) : paths.id)
            if !this.json, let reason = status.reason { Console.standardError("\(paths.id) \(reason)\n") }
        }
    }

    // MARK: In the foreground

    /// Shows the job's output until it has ended; an interrupt ends the job.
    private func follow(_ paths: JobPaths, _ session: Session) async throws {
        if !json { Console.standardError("\(paths.root)\n") }
        let status: JobStatus
        do {
            status = try await watch(paths, session)
        } catch {
            await Task {
                _ = try? await JobStore.kill(paths, reason: "its submission was interrupted", on: session.fileSystem)
            }.value
            throw error
        }
        if keepOutputs, status.state == .finished { try await JobResult(paths).fetch(rank: 0, session) }
        if json { try session.console.line(JSONOutput.text(JobRecord(status))) }
        guard status.state != .finished else { return }
        throw Complaint(paths.id, "\(status.state.rawValue)\(status.reason.map { ": \($0)" } ?? "")")
    }

    private func watch(_ paths: JobPaths, _ session: Session) async throws -> JobStatus {
        let agent = LocalAgent.make(
            session.fileSystem, uri: session.uri, scope: paths.root, slots: workers,
            capacity: try await AgentOptions.capacity(slots: workers, gpus: "all", uri: session.uri))
        let status = try await JobStore.status(paths, on: session.fileSystem)
        let output = json ? try LocalFile.standardError() : try LocalFile.standardOutput()
        let follower = JobFollower(
            session, status, output: output, ranks: showRank.map { [$0] } ?? Array(0..<workers))
        return try await withThrowingTaskGroup(of: JobStatus?.self) { group in
            group.addTask {
                var (follower, waits) = (follower, JobWaits())
                return try await follower.follow { waits.tell($0) }
            }
            group.addTask {
                try await agent.run()
                return nil
            }
            defer { group.cancelAll() }
            while let ended = try await group.next() {
                if let status = ended { return status }
            }
            throw CancellationError()
        }
    }
}
