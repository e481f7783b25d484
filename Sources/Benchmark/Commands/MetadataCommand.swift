import ArgumentParser
import Core

struct MetadataCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "metadata", abstract: "Metadata operations against one server.")

    @Option(help: "The namenode: hdfs://host:port.") var uri = "hdfs://127.0.0.1:8020"
    @Option(help: "Processes whose CPU time counts: name:pid,...") var pids = ""
    @Option(help: "The directory to work in, instead of one with a name of its own.") var base: String?
    @Flag(help: "Leave what the run made.") var keep = false
    @OptionGroup var load: LoadOptions

    func run() throws {
        let target = try Target(address: uri, user: load.user, pids: pids)
        let metadata = load.metadataRun(target, label: "run", base: base)
        let results = try metadata.run(try load.parsedWorks())
        if !keep { try metadata.cleanUp() }
        if load.json { try Report.printJSON(results) } else { Report.printTable(results) }
    }
}
