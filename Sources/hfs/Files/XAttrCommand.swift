import ArgumentParser

/// `hfs xattr get|set|rm|ls`
struct XAttrCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "xattr", abstract: "Read and change extended attributes.",
        discussion: """
            Names begin with a namespace: ml.name, hfs.artifact, hfs.trace, hfs.deletion-protection; HDFS's user.name, \
            trusted.name, security.name, system.name, raw.name. One without a dot is user's. HDFS clients see ml.name as \
            user.ml.name.
            """,
        subcommands: [XAttrGetCommand.self, XAttrSetCommand.self, XAttrRemoveCommand.self, XAttrListCommand.self])
}
