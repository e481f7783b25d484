import ArgumentParser
import Client
import Core

/// `hfs xattr rm PATH NAME`
struct XAttrRemoveCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "rm", abstract: "Remove an attribute.")

    @OptionGroup var connection: ConnectionOptions
    @Argument(help: "A path.") var path: String
    @Argument(help: "The attribute's name.", transform: AttributeName.init) var name: AttributeName

    func run() async throws {
        let (operand, name) = (path, name)
        try await Session.run("xattr rm", connection) { session in
            try await session.attempt(operand) {
                try await session.fileSystem.removeXAttr(
                    try session.path(operand), namespace: name.namespace, name: name.name)
            }
        }
    }
}
