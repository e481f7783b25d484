import ArgumentParser
import Core

struct AttemptsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "attempts",
        abstract:
            "Attempts that report once a second, a driver that watches them, and stops: what that costs the namenode.",
        discussion: """
            Each agent has a connection of its own and tells of its attempts with one call a second, each with a new value. One \
            driver watches all of them. Attempts are stopped one after another; measured is the time from the driver's call until \
            the agent has the order.
            """)

    @Option(help: "The namenode: hdfs://host:port.") var uri = "hdfs://127.0.0.1:8020"
    @Option(help: "Processes whose CPU time counts: name:pid,...") var pids = ""
    @Option(help: "Attempts that report.") var attempts = 1000
    @Option(help: "Agents that tell of them.") var agents = 100
    @Option(help: "Seconds to measure, after as many without any load.") var seconds = 20
    @Option(help: "Attempts that are stopped, spread over the time.") var stops = 200
    @Option(help: "Who owns them.") var user = "root"
    @Flag(help: "One JSON object instead of text.") var json = false

    func validate() throws {
        guard attempts > 0, agents > 0, attempts % agents == 0, seconds > 0, (0...attempts).contains(stops) else {
            throw ValidationError("attempts must be a multiple of the agents, and no more are stopped than there are")
        }
    }

    func run() async throws {
        let run = AttemptsRun(
            uri: uri, user: user, cpu: try ProcessCPU(pids), attempts: attempts, agents: agents, seconds: seconds,
            stops: stops)
        let outcome = try await run.measure()
        print(json ? try outcome.json() : outcome.text)
    }
}
