/// Rows as lines with their columns under one another; the last column is not padded.
enum TextTable {
    static func lines(_ rows: [[String]], alignedRight: Set<Int> = []) -> [String] {
        let columns = rows.map(\.count).max() ?? 0
        let widths = (0..<columns).map { column in rows.map { column < $0.count ? $0[column].count : 0 }.max() ?? 0 }
        return rows.map { row in
            row.enumerated().map { column, text in
                if alignedRight.contains(column) { return text.leftPadded(widths[column]) }
                return column == row.count - 1 ? text : text.padded(widths[column])
            }.joined(separator: "  ")
        }
    }
}
