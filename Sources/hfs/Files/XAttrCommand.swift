import ArgumentParser

/// `hfs xattr get|set|rm|ls`
struct XAttrCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "xattr", abstract: "Read and change extended attributes.",
        discussion: "Names are written user.name, trusted.name, ...; without a namespace user is meant.",
        subcommands: [XAttrGetCommand.self, XAttrSetCommand.self, XAttrRemoveCommand.self, XAttrListCommand.self])
}
