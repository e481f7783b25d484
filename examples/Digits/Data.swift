import MLRuntime

extension Digits {
    /// The digits: pixels from 0 to 1, row by row, and which digit each row shows.
    struct Data {
        let pixels: [Float]
        let labels: [Int]
        /// Columns of pixels.
        let inputs: Int
        var count: Int { labels.count }

        init(_ table: DatasetTable) throws {
            let columns = table.columns.filter { $0 != "digit" }
            inputs = columns.count
            pixels = try table.matrix(columns).map { $0 / 16 }
            labels = try table.numbers("digit").map { Int($0) }
        }
    }
}
