import ArgumentParser
import Client
import Core

/// `hfs xattr get PATH NAME`
struct XAttrGetCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "get", abstract: "Show the value of an attribute.")

    @OptionGroup var connection: ConnectionOptions
    @Argument(help: "A path.") var path: String
    @Argument(help: "The attribute's name.", transform: AttributeName.init) var name: AttributeName

    func run() async throws {
        let (operand, name) = (path, name)
        try await Session.run("xattr get", connection) { session in
            try await session.attempt(operand) {
                let path = try session.path(operand)
                let found = try await session.fileSystem.xattrs(of: path)
                guard let attribute = found.first(where: { $0.namespace == name.namespace && $0.name == name.name })
                else {
                    throw Complaint(operand, "No such attribute")
                }
                try session.console.line(attribute.valueText)
            }
        }
    }
}
