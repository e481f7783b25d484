/// `schema.json` of a training dataset: its columns, and the files that hold its rows.
public struct DatasetSchema: Hashable, Sendable, Codable {
    /// What all values of a column are.
    public enum ColumnType: String, Hashable, Sendable, Codable {
        case number, text
    }

    /// A column, in the order of the files.
    public struct Column: Hashable, Sendable, Codable {
        public var name: String
        public var type: ColumnType
    }

    /// A CSV file with a header line.
    public struct Part: Hashable, Sendable, Codable {
        public var file: String
        public var rows: Int
    }

    public var columns: [Column]
    public var parts: [Part]

    /// Rows of all parts.
    public var rows: Int { parts.reduce(0) { $0 + $1.rows } }

    static let fileName = "schema.json"
}
