import ArgumentParser

/// `hfs model ls|show|best|export|get|alias`
struct ModelCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "model", abstract: "Store models as numbered versions, compare them, and see what made them.",
        discussion: """
            A version is a directory, /Projects/PROJECT/Models/NAME/VERSION: published in one step, sealed, readable by any HDFS \
            client. A version is named NAME/VERSION or NAME/ALIAS. See docs/MODELS.md.
            """,
        subcommands: [
            ModelListCommand.self, ModelShowCommand.self, ModelBestCommand.self, ModelExportCommand.self,
            ModelGetCommand.self, ModelAliasCommand.self,
        ])
}
