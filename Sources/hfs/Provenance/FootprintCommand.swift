import ArgumentParser
import Lineage

/// `hfs run footprint RUN`
struct FootprintCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "footprint", abstract: "The files that a run read, added, modified, used for a while, removed.",
        discussion: """
            The role of a file: read, when a datanode or the namenode sent its bytes; opened, when the run only asked where they \
            are; added, modified, temporary or removed.
            """)

    @OptionGroup var options: LineageOptions
    @Argument(help: "A run, run-<number>.") var runID: String

    func run() async throws {
        let runID = runID
        try await options.ask("run footprint") { _ in .footprint(try LineageOptions.run(runID)) }
    }
}
