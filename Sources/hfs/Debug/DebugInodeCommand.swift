import ArgumentParser
import NameNode

/// `hfs debug inode ID|PATH`
struct DebugInodeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "inode", abstract: "Show what the shards hold of a file or directory.")

    @OptionGroup var files: NamenodeFilesOptions
    @Flag(help: "An object.") var json = false
    @Argument(help: "An inode's number, or an absolute path.") var inode: String

    func run() async throws {
        let (directory, operand, json) = (files.directory, inode, json)
        try await files.run("debug inode") { console in
            do {
                let report = try NamespaceInspector(directory: directory).inode(operand)
                try console.line(json ? JSONOutput.text(report) : report.text)
            } catch {
                throw Complaint(error, about: operand)
            }
        }
    }
}
