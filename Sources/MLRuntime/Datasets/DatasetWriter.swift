import Client
import Core

/// Writes a CSV file of this host as the files of a dataset.
enum DatasetWriter {
    /// Rows of one part: a reader holds one part's bytes at a time.
    private static let partRowsMax = 100_000

    static func write(_ file: String, to directory: String, on fileSystem: HFSFileSystem) async throws(HFSError) {
        let bytes = try await BlockingWork.run(name: "hfs-dataset") { () throws(HFSError) in
            try TrialFolder.contents(of: file, bytesMax: Limits.datasetBytesMax)
        }
        guard let bytes else { throw HFSError(.fileNotFound, "No such file", subject: file) }
        var reader = CSVReader(bytes)
        guard let names = try reader.next() else {
            throw HFSError(.invalidArgument, "The file is empty", subject: file)
        }
        for (index, name) in names.enumerated() where name.isEmpty || names[..<index].contains(name) {
            throw HFSError(.invalidArgument, "Column \(index + 1) has no name of its own: '\(name)'", subject: file)
        }
        var schema = DatasetSchema(columns: names.map { DatasetSchema.Column(name: $0, type: .number) }, parts: [])
        var part = CSVWriter.line(names)
        var rows = 0
        while true {
            let line = reader.line
            let fields = try reader.next()
            if let fields {
                guard fields.count == names.count else {
                    throw HFSError(
                        .invalidArgument, "Line \(line) has \(fields.count) fields, the header \(names.count)",
                        subject: file)
                }
                for (index, field) in fields.enumerated() where schema.columns[index].type == .number {
                    if Double(field) == nil { schema.columns[index].type = .text }
                }
                part += CSVWriter.line(fields)
                rows += 1
            }
            if rows == partRowsMax || fields == nil, rows > 0 {
                let name = self.name(of: schema.parts.count)
                try await fileSystem.write(part, to: "\(directory)/\(name)")
                schema.parts.append(DatasetSchema.Part(file: name, rows: rows))
                (part, rows) = (CSVWriter.line(names), 0)
            }
            if fields == nil { break }
        }
        guard !schema.parts.isEmpty else { throw HFSError(.invalidArgument, "The file has no rows", subject: file) }
        try await fileSystem.write(try CanonicalJSON.bytes(schema), to: "\(directory)/\(DatasetSchema.fileName)")
    }

    private static func name(of part: Int) -> String {
        let digits = String(part)
        return "part-\(String(repeating: "0", count: max(0, 5 - digits.count)))\(digits).csv"
    }
}
