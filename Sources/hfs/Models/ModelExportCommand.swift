import ArgumentParser
import Core
import MLRuntime

/// `hfs model export DIR NAME`
struct ModelExportCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "export", abstract: "Store a directory or file as the next version of a model.",
        discussion: """
            DIR is a local path, or with --stored one in hfs, which is copied: the model then comes from it, and one out of a \
            trial's result has that trial's metrics. The version appears in one step, whole; its path is printed. Within a run, a \
            trial's for one, the model was made by that run from what it has read.
            """)

    @OptionGroup var options: ExperimentOptions
    @Option(
        name: .customLong("metric"), help: ArgumentHelp("A number to compare versions by.", valueName: "name=number"),
        transform: Self.metric)
    var metrics: [(name: String, value: Double)] = []
    @Option(help: ArgumentHelp("What the model takes and gives: a JSON file.", valueName: "file")) var signature:
        String?
    @Option(help: ArgumentHelp("An example of its inputs: a JSON file.", valueName: "file")) var inputExample: String?
    @Option(help: ArgumentHelp("Words for people.", valueName: "text")) var description = ""
    @Flag(help: "DIR lies in hfs.") var stored = false
    @Argument(help: "The model's files.") var dir: String
    @Argument(help: "The model's name.") var name: String

    private static let documentBytesMax = 1 << 20

    func run() async throws {
        let this = self
        try await Session.run("model export", options.connection, isCopy: true) { session in
            try await session.withModels(this.options) { registry in
                let source = this.stored ? ModelSource.stored(try session.path(this.dir)) : .local(this.dir)
                let version = try await registry.export(source, as: this.name, await this.described())
                let shown = try ModelVersionOutput(version)
                try session.console.line(this.options.json ? JSONOutput.text(shown) : shown.path)
            }
        }
    }

    private func described() async throws -> ModelDescription {
        let metrics = try metrics.reduce(into: [String: Double]()) { found, metric in
            guard found.updateValue(metric.value, forKey: metric.name) == nil else {
                throw Complaint("--metric", "'\(metric.name)' is given twice")
            }
        }
        let signature = try await contents(signature).map { json throws(HFSError) in try ModelSignature(json: json) }
        return ModelDescription(
            description, metrics: metrics, signature: signature, inputExample: try await contents(inputExample))
    }

    private func contents(_ path: String?) async throws -> [UInt8]? {
        guard let path else { return nil }
        let file = try LocalFile.reading(path)
        let bytes = try await file.readUp(to: Self.documentBytesMax + 1)
        try await file.close()
        guard bytes.count <= Self.documentBytesMax else {
            throw Complaint(path, "Is longer than \(Self.documentBytesMax) bytes")
        }
        return bytes
    }

    private static func metric(_ text: String) throws -> (name: String, value: Double) {
        guard let equals = text.lastIndex(of: "="), let value = Double(text[text.index(after: equals)...]),
            value.isFinite, equals != text.startIndex
        else { throw ValidationError("'\(text)' is not name=number") }
        return (String(text[..<equals]), value)
    }
}
