import ArgumentParser
import Core

struct FindCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "find",
        abstract:
            "Fills projects with artifacts, then measures queries over their attributes by a user who is nobody special.",
        discussion: """
            Each artifact is a directory with a score and a kind. Queries ask for models of a score that 0.1, 1 and 50 % of them \
            have, in any order, best first (the index has that order) and by name (it has not): below one project, below one that \
            was renamed, below a directory that moved to another project, and below all projects.
            """)

    @Option(help: "The namenode: hdfs://host:port.") var uri = "hdfs://127.0.0.1:8020"
    @Option(help: "Processes whose CPU time counts: name:pid,...") var pids = ""
    @Option(help: "Projects.") var projects = 1000
    @Option(help: "Artifacts in each.") var artifacts = 1000
    @Option(help: "Connections that fill.") var connections = 4
    @Option(help: "Calls in flight on each of them.") var depth = 64
    @Option(help: "Queries of each kind.") var queries = 2000
    @Option(help: "Queries of each kind below all projects.") var wideQueries = 200
    @Option(help: "Connections that query, one query at a time each.") var readers = 1
    @Option(help: "Answers wanted.") var limit = 10
    @Option(help: "Who fills: a superuser.") var user = "root"
    @Option(help: "Who asks.") var reader = "nobody"
    @Flag(help: "Leave what the run made.") var keep = false
    @Flag(help: "One JSON object a line instead of a table.") var json = false

    func validate() throws {
        guard projects >= 8, projects % connections == 0 else {
            throw ValidationError("at least 8 projects, a multiple of the connections")
        }
        guard artifacts > 0, connections > 0, depth > 0, queries > 0, wideQueries > 0, readers > 0, limit > 0 else {
            throw ValidationError("counts must be positive")
        }
    }

    func run() throws {
        let layout = ArtifactLayout(
            name: "bench\(Stopwatch.nowNs % 1_000_000)", projects: projects, artifactsEach: artifacts)
        let run = FindRun(
            writer: try Target(address: uri, user: user, pids: pids),
            reader: try Target(address: uri, user: reader, pids: pids), layout: layout, queries: queries,
            wideQueries: wideQueries, readers: readers, limit: limit)
        let filled = try run.fill(connections: connections, depth: depth)
        let results = [filled] + (try run.measure())
        if !keep { try run.cleanUp() }
        if json { try Report.printJSON(results) } else { Report.printTable(results) }
    }
}
