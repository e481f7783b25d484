import ArgumentParser
import Client
import MLRuntime

/// `hfs dataset create NAME FILE.csv`
struct DatasetCreateCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "create", abstract: "Make the next version of a training dataset from a CSV file of this host.",
        discussion: """
            The file's first line names the columns. The version becomes /Projects/PROJECT/TrainingDatasets/NAME/1, 2, ..., a \
            directory with schema.json and CSV files, sealed. The new path is printed.
            """)

    struct Record: Encodable {
        let path: String
        let rows: Int
        let columns: [DatasetSchema.Column]
    }

    @OptionGroup var options: ExperimentOptions
    @Argument(help: "What the dataset is called.") var name: String
    @Argument(help: "The CSV file.") var file: String

    func run() async throws {
        let this = self
        try await Session.run("dataset create", options.connection) { session in
            try await session.attempt(this.file) {
                let dataset = try await TrainingDataset.create(
                    this.name, project: this.options.resolvedProject, csv: this.file, on: session.fileSystem)
                let record = Record(path: dataset.path, rows: dataset.schema.rows, columns: dataset.schema.columns)
                try session.console.line(this.options.json ? JSONOutput.text(record) : record.path)
            }
        }
    }
}
