import ArgumentParser

/// `hfs xattr get|set|rm|ls`
struct XAttrCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "xattr", abstract: "Read and change extended attributes.",
        discussion: """
            Names are written user.name, ml.name, hfs.artifact, hfs.trace, hfs.deletion-protection, trusted.name; without a namespace user is meant. \
            HDFS clients see ml.name as user.ml.name.
            """,
        subcommands: [XAttrGetCommand.self, XAttrSetCommand.self, XAttrRemoveCommand.self, XAttrListCommand.self])
}
