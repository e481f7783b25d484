import ArgumentParser
import Client
import Core
import MLRuntime

/// `hfs run end ID`
struct RunEndCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "end", abstract: "End a run: its token holds no longer, and what still acts for it is refused.")

    @OptionGroup var connection: ConnectionOptions
    @Argument(help: "The run, run-123.") var id: String

    func run() async throws {
        let id = id
        try await Session.run("run end", connection) { session in
            let runID = try RunText.id(id)
            do {
                let run = try await session.fileSystem.endRun(runID, .killed)
                try session.console.line("\(run.id)  \(run.state)")
            } catch let error as HFSError {
                throw error.code == .fileNotFound ? Complaint(id, "No such run") : Complaint(error, about: id)
            }
        }
    }
}
