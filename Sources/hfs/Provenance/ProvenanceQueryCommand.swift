import ArgumentParser
import Core
import Lineage

/// `hfs provenance query QUESTION OPERAND...`
struct ProvenanceQueryCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "query", abstract: "Other questions about runs, files and artifacts.",
        discussion: """
            inputs RUN          what a run read
            outputs RUN         what it made
            models-from PATH    models trained from a data set, also indirectly
            datasets-from PATH  training data sets made from a feature group or file
            readers PATH        runs that read a file or artifact
            unread [DAYS]       what nobody has read for so many days (30)
            diff RUN RUN        inputs and outputs that only one of two runs has
            """)

    enum Question: String, CaseIterable, ExpressibleByArgument {
        case inputs, outputs
        case modelsFrom = "models-from"
        case datasetsFrom = "datasets-from"
        case readers, unread, diff

        var operands: ClosedRange<Int> {
            switch self {
            case .unread: 0...1
            case .diff: 2...2
            default: 1...1
            }
        }
    }

    private static let unreadDaysDefault: Int64 = 30
    private static let dayMs: Int64 = 86_400_000

    @OptionGroup var options: LineageOptions
    @Argument(help: "What to ask.") var question: Question
    @Argument(help: "Paths or runs.") var operands: [String] = []

    func validate() throws {
        guard question.operands.contains(operands.count) else {
            throw ValidationError(
                "\(question.rawValue) takes \(question.operands.upperBound) operand\(question == .diff ? "s" : "")")
        }
        if question == .unread, let days = operands.first, Int64(days).map({ $0 < 0 || $0 > 100_000 }) ?? true {
            throw ValidationError("unread takes a number of days")
        }
    }

    func run() async throws {
        let (question, operands) = (question, operands)
        try await options.ask("provenance query") { session in
            switch question {
            case .inputs: .inputs(try LineageOptions.run(operands[0]))
            case .outputs: .outputs(try LineageOptions.run(operands[0]))
            case .modelsFrom: .derived(.model, path: try session.path(operands[0]))
            case .datasetsFrom: .derived(.trainingDataset, path: try session.path(operands[0]))
            case .readers: .readers(path: try session.path(operands[0]))
            case .unread: .unread(sinceMs: Self.since(days: operands.first))
            case .diff: .difference(try LineageOptions.run(operands[0]), try LineageOptions.run(operands[1]))
            }
        }
    }

    private static func since(days: String?) -> Int64 {
        SystemClock().nowMs - (days.flatMap { Int64($0) } ?? unreadDaysDefault) * dayMs
    }
}
