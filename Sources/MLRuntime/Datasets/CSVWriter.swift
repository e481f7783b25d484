/// Rows as CSV, fields in quotes where they need them.
enum CSVWriter {
    static func line(_ fields: [String]) -> [UInt8] {
        Array((fields.map(field).joined(separator: ",") + "\n").utf8)
    }

    private static func field(_ text: String) -> String {
        let needsQuotes = text.utf8.contains { byte in
            byte == UInt8(ascii: ",") || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\n")
                || byte == UInt8(ascii: "\r")
        }
        guard needsQuotes else { return text }
        return "\"" + text.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\"") + "\""
    }
}
