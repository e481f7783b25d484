import ArgumentParser
import Lineage

/// `hfs search 'free text'`
struct SearchCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "search", abstract: "Find files, artifacts and runs by the words of their names and attributes.")

    @OptionGroup var options: LineageOptions
    @Argument(help: "All of these words, or their beginnings.") var words: [String]

    func run() async throws {
        let text = words.joined(separator: " ")
        try await options.ask("search") { _ in .search(text) }
    }
}
