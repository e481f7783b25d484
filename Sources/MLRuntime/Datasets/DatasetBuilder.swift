import Core

/// Puts the wanted rows and columns of a dataset's files together.
struct DatasetBuilder {
    private let dataset: TrainingDataset
    private let shard: TrainingDataset.Shard
    /// Places in a row, in the order of the result.
    private let wanted: [Int]
    private var columns: [DatasetTable.Values]
    /// Rows of the whole dataset that were seen.
    private var seen = 0
    private var count = 0

    /// `.invalidArgument` for a column that the dataset does not have.
    init(
        _ dataset: TrainingDataset, columns: [String]?, omitting omitted: Set<String>, shard: TrainingDataset.Shard
    ) throws(HFSError) {
        self.dataset = dataset
        self.shard = shard
        let all = dataset.schema.columns
        var wanted: [Int] = []
        for name in columns ?? all.map(\.name) where !omitted.contains(name) {
            guard let index = all.firstIndex(where: { $0.name == name }) else {
                throw HFSError(
                    .invalidArgument,
                    "The dataset has no column '\(name)': \(all.map(\.name).joined(separator: ", "))",
                    subject: dataset.path)
            }
            wanted.append(index)
        }
        self.wanted = wanted
        self.columns = wanted.map { all[$0].type == .number ? .numbers([]) : .texts([]) }
    }

    /// Takes in a part. `.corruptMetadata` where it is not what the schema says.
    mutating func add(_ bytes: [UInt8], of part: DatasetSchema.Part) throws(HFSError) {
        var reader = CSVReader(bytes)
        guard try reader.next() == dataset.schema.columns.map(\.name) else {
            throw damage("\(part.file) has another header than the schema")
        }
        var rows = 0
        while true {
            let line = reader.line
            guard let fields = try reader.next() else { break }
            guard fields.count == dataset.schema.columns.count else {
                throw damage("\(part.file), line \(line): \(fields.count) fields")
            }
            if seen % shard.count == shard.index {
                for (place, index) in wanted.enumerated() { try append(fields[index], to: place, part, line) }
                count += 1
            }
            seen += 1
            rows += 1
        }
        guard rows == part.rows else { throw damage("\(part.file) has \(rows) rows, not \(part.rows)") }
    }

    var table: DatasetTable {
        DatasetTable(
            path: dataset.path,
            columns: zip(wanted, columns).map { (dataset.schema.columns[$0].name, $1) }, count: count)
    }

    private mutating func append(
        _ text: String, to place: Int, _ part: DatasetSchema.Part, _ line: Int
    ) throws(HFSError) {
        switch columns[place] {
        case .numbers(var numbers):
            guard let number = Double(text) else { throw damage("\(part.file), line \(line): '\(text)' is no number") }
            // Taken out meanwhile, so that it is not copied.
            columns[place] = .texts([])
            numbers.append(number)
            columns[place] = .numbers(numbers)
        case .texts(var texts):
            columns[place] = .numbers([])
            texts.append(text)
            columns[place] = .texts(texts)
        }
    }

    private func damage(_ reason: String) -> HFSError {
        HFSError(.corruptMetadata, "The dataset is not what its schema says: \(reason)", subject: dataset.path)
    }
}
