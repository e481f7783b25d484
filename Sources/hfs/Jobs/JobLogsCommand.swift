import ArgumentParser
import MLRuntime

/// `hfs job logs JOB`
struct JobLogsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "logs", abstract: "Show what a job's programs have written: of its last attempt, of all workers.",
        discussion: """
            Lines of a job with several workers have the worker's rank in front. With -f the command goes on, through later \
            attempts, until the job has ended.
            """)

    @OptionGroup var options: JobOptions
    @Flag(name: .shortAndLong, help: "Go on until the job has ended.") var follow = false
    @Option(help: ArgumentHelp("That attempt's.", valueName: "number")) var attempt: Int?
    @Option(help: ArgumentHelp("That worker's only.", valueName: "number")) var rank: Int?
    @Argument(help: "The job, NAME-N or its path.") var id: String

    func validate() throws {
        if follow, attempt != nil {
            throw ValidationError("--attempt shows what is there; -f goes on with the last one")
        }
    }

    func run() async throws {
        let (options, follow, id, attempt, rank) = (options, follow, id, attempt, rank)
        try await Session.run("job logs", options.connection) { session in
            let status = try await options.status(id, on: session.fileSystem)
            if let attempt, !(1...status.claim.attempt).contains(attempt) {
                throw Complaint(id, "Has no attempt \(attempt): its last one is \(status.claim.attempt)")
            }
            if let rank, !(0..<status.settings.workers).contains(rank) {
                throw Complaint(id, "Has no worker \(rank): its \(status.settings.workers) count from 0")
            }
            var follower = JobFollower(
                session, status, output: try LocalFile.standardOutput(),
                ranks: rank.map { [$0] } ?? Array(0..<status.settings.workers))
            if follow { return _ = try await follower.follow { _ in } }
            let shown = attempt ?? status.claim.attempt
            try await follower.copy(attempt: shown, isLast: shown == status.claim.attempt)
            try await follower.finish()
        }
    }
}
