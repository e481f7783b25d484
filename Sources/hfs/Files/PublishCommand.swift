import ArgumentParser
import Client
import Core

/// `hfs publish STAGING TARGET [--xattr NAME=VALUE ...]`
struct PublishCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "publish", abstract: "Make a finished directory the next version of an artifact.",
        discussion: """
            The directory becomes TARGET/1, TARGET/2, ... and is sealed: what lies in it does not change any more. Its ml and \
            user attributes can, and its owner may rename or delete the whole. The new path is printed.
            """)

    struct Record: Encodable {
        let path: String
        let version: UInt64
    }

    @OptionGroup var connection: ConnectionOptions
    @Option(
        name: .customLong("xattr"), help: "An attribute that it gets in the same step: name=value.",
        transform: AttributeAssignment.init)
    var attributes: [AttributeAssignment] = []
    @Flag(help: "An object with path and version.") var json = false
    @Argument(help: "The directory to publish.") var staging: String
    @Argument(help: "The artifact's directory, which need not exist.") var target: String

    func run() async throws {
        let (operand, target, json) = (staging, target, json)
        let given = attributes.map(\.attribute)
        try await Session.run("publish", connection) { session in
            try await session.attempt(operand) {
                let published = try await session.fileSystem.publish(
                    try session.path(operand), as: try session.path(target), attributes: given)
                let record = Record(path: published.path, version: published.version)
                try session.console.line(json ? JSONOutput.text(record) : record.path)
            }
        }
    }
}
