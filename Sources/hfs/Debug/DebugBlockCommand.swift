import ArgumentParser
import NameNode

/// `hfs debug block ID`
struct DebugBlockCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "block", abstract: "Show what the shards hold of a block, and whose it is.")

    @OptionGroup var files: NamenodeFilesOptions
    @Flag(help: "An object.") var json = false
    @Argument(help: "A block: 1073741824, blk_1073741824 or blk_1073741824_1001.") var block: String

    func run() async throws {
        // Logs and messages write the generation stamp behind the number.
        let operand = block.split(separator: "_").prefix(block.hasPrefix("blk_") ? 2 : 1).joined(separator: "_")
        let (directory, json) = (files.directory, json)
        try await files.run("debug block") { console in
            do {
                let report = try NamespaceInspector(directory: directory).block(operand)
                try console.line(json ? JSONOutput.text(report) : report.text)
            } catch {
                throw Complaint(error, about: operand)
            }
        }
    }
}
