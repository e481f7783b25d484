import ArgumentParser
import Core
import Lineage
import Provenance

/// What every question to the provenance service takes.
struct LineageOptions: ParsableArguments {
    @OptionGroup var connection: ConnectionOptions
    @Option(help: "table, json, dot or mermaid.") var format = LineageFormat.table

    /// Asks and prints.
    func ask(_ command: String, _ query: @escaping @Sendable (Session) throws -> LineageQuery) async throws {
        let format = format
        try await Session.run(command, connection) { session in
            let answer: LineageAnswer
            do {
                answer = try await ProvenanceClient.ask(query(session), of: session.fileSystem)
            } catch let error as HFSError where error.code == .fileNotFound {
                // Not the shell's words for a missing file: what is asked about may long be gone.
                throw Complaint("", error.message)
            }
            let text = try format.text(answer)
            if !text.isEmpty { try session.console.line(text) }
        }
    }

    /// The run that an operand names: `run-<number>`.
    static func run(_ operand: String) throws -> RunID {
        guard let run = RunID(operand) else { throw Complaint(operand, "is no run: runs are named run-<number>") }
        return run
    }
}
