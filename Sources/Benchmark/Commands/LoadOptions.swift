import ArgumentParser
import Core

/// Flags that all metadata loads share.
struct LoadOptions: ParsableArguments {
    @Option(help: "Connections, each with a thread of its own.") var connections = 4
    @Option(help: "Calls in flight on each connection.") var depth = 16
    @Option(help: "Operations of each phase, over all connections.") var operations = 40_000
    @Option(help: "What to run: mkdir, create, stat, open, reopen, reread, list, rename, delete, mix.") var works =
        "mkdir,create,stat,open,list,rename,delete,mix"
    @Option(help: "User name sent to the server.") var user = "root"
    @Option(help: "Seed of the operation mix.") var seed: UInt64 = 1
    @Flag(help: "One JSON object a line instead of a table.") var json = false

    func validate() throws {
        guard connections > 0, depth > 0, operations >= connections else {
            throw ValidationError("connections and depth must be positive, operations at least one a connection")
        }
        _ = try parsedWorks()
    }

    func parsedWorks() throws -> Set<MetadataRun.Work> {
        Set(
            try works.split(separator: ",").map {
                guard let work = MetadataRun.Work(rawValue: String($0)) else {
                    throw ValidationError("no such work: \($0)")
                }
                return work
            })
    }

    func metadataRun(_ target: Target, label: String, base: String? = nil) -> MetadataRun {
        MetadataRun(
            target: target, connections: connections, depth: depth, operations: operations,
            base: base ?? "/benchmarks/hfs-bench-\(Stopwatch.nowNs)-\(label)", seed: seed)
    }
}
