public import Core

/// Rows of a training dataset in memory, by columns.
public struct DatasetTable: Hashable, Sendable {
    /// The directory of the version that was read.
    public let path: String
    /// Names of the columns, in their order.
    public let columns: [String]
    public let count: Int
    private let values: [String: Values]

    enum Values: Hashable, Sendable {
        case numbers([Double])
        case texts([String])
    }

    init(path: String, columns: [(name: String, values: Values)], count: Int) {
        self.path = path
        self.columns = columns.map(\.name)
        self.count = count
        values = Dictionary(columns.map { ($0.name, $0.values) }) { first, _ in first }
    }

    /// A column of numbers. `.invalidArgument` where there is none of that name.
    public func numbers(_ column: String) throws(HFSError) -> [Double] {
        guard case .numbers(let numbers) = values[column] else { throw refusal(column, "of numbers") }
        return numbers
    }

    /// A column of texts. `.invalidArgument` where there is none of that name.
    public func texts(_ column: String) throws(HFSError) -> [String] {
        guard case .texts(let texts) = values[column] else { throw refusal(column, "of texts") }
        return texts
    }

    /// Several columns of numbers, row by row: `matrix[row * columns.count + column]`.
    public func matrix(_ columns: [String]) throws(HFSError) -> [Float] {
        var result = [Float](repeating: 0, count: count * columns.count)
        for (index, column) in columns.enumerated() {
            let numbers = try numbers(column)
            for row in 0..<count { result[row * columns.count + index] = Float(numbers[row]) }
        }
        return result
    }

    private func refusal(_ column: String, _ kind: String) -> HFSError {
        HFSError(
            .invalidArgument, "The dataset has no column '\(column)' \(kind): \(columns.joined(separator: ", "))",
            subject: path)
    }
}
