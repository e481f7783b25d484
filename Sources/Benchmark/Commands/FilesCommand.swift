import ArgumentParser
import Client
import Core

struct FilesCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "files",
        abstract: "File data through the Swift client: small files, then put and get of a large one.")

    @Option(help: "The namenode: hdfs://host:port.") var uri = "hdfs://127.0.0.1:8020"
    @Option(help: "Processes whose CPU time counts: name:pid,...") var pids = ""
    @Option(help: "Number of small files.") var smallFiles = 2000
    @Option(help: "Bytes of a small file.") var smallBytes = 1024
    @Option(help: "Small files in flight.") var inFlight = 64
    @Option(help: "Size of the large file in MiB.") var largeMebibytes = 1024
    @Option(help: "Copies of each block.") var replication = 1
    @Flag(help: "Small files go to datanodes, too.") var noInline = false
    @Flag(help: "Small files are made in one step.") var atOnce = false
    @Option(help: "User name sent to the server.") var user: String?
    @Flag(help: "One JSON object a line instead of a table.") var json = false

    func validate() throws {
        guard smallFiles >= 0, smallBytes > 0, inFlight > 0, largeMebibytes >= 0, replication > 0 else {
            throw ValidationError("sizes and counts must be positive")
        }
    }

    func run() async throws {
        let fileSystem = try await HFSFileSystem.connect(uri, user: user)
        let files = FilesRun(
            fileSystem: fileSystem, cpu: try ProcessCPU(pids), smallFiles: smallFiles, smallBytes: smallBytes,
            inFlight: inFlight, largeMebibytes: largeMebibytes, replication: replication,
            allowsInline: !noInline, writesAtOnce: atOnce, base: "/benchmarks/hfs-bench-\(Stopwatch.nowNs)-files")
        let results = try await files.run()
        await fileSystem.close()
        if json { try Report.printJSON(results) } else { Report.printTable(results) }
    }
}
