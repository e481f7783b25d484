import ArgumentParser
import Core

struct ColdCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "cold",
        abstract: "Creates in one directory of a large tree: alone, beside stats of few files, beside stats of all.",
        discussion: """
            Run it right after a restart of the namenode: the tree is cold then. The tree is one that
            `hfs-bench metadata --works create --keep --base TREE` made.
            """)

    @Option(help: "The namenode: hdfs://host:port.") var uri = "hdfs://127.0.0.1:8020"
    @Option(help: "The tree.") var tree = "/benchmarks/tree"
    @Option(help: "Connections that made the tree: directories in it.") var directories = 4
    @Option(help: "Files in each directory.") var files = 250_000
    @Option(help: "Connections that create.") var connections = 4
    @Option(help: "Creates in flight on each.") var depth = 16
    @Option(help: "Creates of each phase.") var operations = 20_000
    @Option(help: "Stats in flight beside them.") var statDepth = 16
    @Option(help: "Files of each directory that the warm phase asks for.") var warmFiles = 250
    @Option(help: "User name sent to the server.") var user = "root"
    @Option(help: "Processes whose CPU time counts: name:pid,...") var pids = ""
    @Flag(help: "One JSON object a line instead of a table.") var json = false

    func validate() throws {
        guard directories > 0, files > 0, warmFiles > 0, connections > 0, depth > 0, statDepth > 0,
            operations >= connections
        else { throw ValidationError("counts must be positive, operations at least one a connection") }
    }

    func run() throws {
        let run = ColdRun(
            target: try Target(address: uri, user: user, pids: pids), tree: tree, directories: directories,
            connections: connections, depth: depth, operations: operations, statDepth: statDepth)
        // The cold phase comes first: what it warms is a small part of the tree.
        let cold = try run.phase("cold stats", files: files)
        let alone = try run.phase("alone", files: 0)
        let warm = try run.phase("warm stats", files: warmFiles)
        let results = alone + warm + cold
        if json { try Report.printJSON(results) } else { Report.printTable(results) }
    }
}
