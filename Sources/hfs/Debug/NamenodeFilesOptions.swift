import ArgumentParser
import Core
import Glibc
import MetaStore

/// Whose files: a namenode's directory, or that of the cluster on this machine.
struct NamenodeFilesOptions: ParsableArguments {
    @Option(help: ArgumentHelp("A cluster's directory ($HFS_CLUSTER_DIR, ~/.hfs/cluster).", valueName: "path"))
    var dir: String?
    @Option(help: ArgumentHelp("A namenode's own directory, instead of a cluster's.", valueName: "path"))
    var data: String?

    var directory: String {
        if let data { return data }
        return (dir.map { ClusterDirectory($0) } ?? .standard).dataDirectory(ClusterRecord.namenode)
    }

    /// The shard files, in order of their numbers.
    func shards() throws -> [ShardInspector] {
        var inspectors: [ShardInspector] = []
        while true {
            let file = "\(directory)/shard-\(inspectors.count).db"
            guard access(file, R_OK) == 0 else {
                if errno != ENOENT { throw Complaint(errnoOf: file) }
                break
            }
            inspectors.append(try ShardInspector(file))
        }
        if inspectors.isEmpty { throw Complaint(directory, "holds no shard files") }
        return inspectors
    }

    /// Runs `body` on a thread of its own; what it throws is said, with exit code 1, and so is that there are no files.
    func run(_ command: String, _ body: @escaping @Sendable (Console) throws -> Void) async throws {
        let console = Console(command: command)
        do {
            guard access(directory, F_OK) == 0 else {
                throw Complaint(
                    directory,
                    "\(Complaint(errnoOf: "").reason) (--dir or $HFS_CLUSTER_DIR names a cluster's directory, --data a namenode's)"
                )
            }
            try await Blocking.run { try body(console) }
            try console.flush()
        } catch is Console.OutputClosed {
            throw ExitCode(128 + SIGPIPE)
        } catch {
            try? console.flush()
            console.complain(Complaint(error, about: ""))
            throw ExitCode(1)
        }
    }
}
