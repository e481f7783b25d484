import Core

/// Rows of a CSV file (RFC 4180): fields with commas between them, those in quotes with anything in them, a doubled quote for a quote.
/// Lines end with a line feed, with or without a carriage return before it.
struct CSVReader {
    private let bytes: [UInt8]
    private var position = 0
    private(set) var line = 1

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    /// The next row's fields; nil at the end. Empty lines are passed by. `.invalidArgument` for a quote without its end.
    mutating func next() throws(HFSError) -> [String]? {
        while position < bytes.count {
            if bytes[position] == Self.lineFeed || isCarriageReturn(position) {
                advanceLine()
                continue
            }
            return try row()
        }
        return nil
    }

    private static let lineFeed = UInt8(ascii: "\n")
    private static let quote = UInt8(ascii: "\"")
    private static let comma = UInt8(ascii: ",")

    private mutating func row() throws(HFSError) -> [String] {
        var fields: [String] = []
        while true {
            fields.append(try field())
            if position < bytes.count, bytes[position] == Self.comma {
                position += 1
                continue
            }
            advanceLine()
            return fields
        }
    }

    private mutating func field() throws(HFSError) -> String {
        if position < bytes.count, bytes[position] == Self.quote { return try quoted() }
        let start = position
        while position < bytes.count, bytes[position] != Self.comma, bytes[position] != Self.lineFeed,
            !isCarriageReturn(position)
        {
            position += 1
        }
        return String(decoding: bytes[start..<position], as: UTF8.self)
    }

    private mutating func quoted() throws(HFSError) -> String {
        let first = line
        var text: [UInt8] = []
        position += 1
        while position < bytes.count {
            let byte = bytes[position]
            position += 1
            if byte == Self.lineFeed { line += 1 }
            guard byte == Self.quote else {
                text.append(byte)
                continue
            }
            if position < bytes.count, bytes[position] == Self.quote {
                text.append(Self.quote)
                position += 1
                continue
            }
            let isEnd = position == bytes.count || bytes[position] == Self.comma || bytes[position] == Self.lineFeed
            guard isEnd || isCarriageReturn(position) else {
                throw HFSError(.invalidArgument, "Line \(line): a field goes on behind its closing quote")
            }
            return String(decoding: text, as: UTF8.self)
        }
        throw HFSError(.invalidArgument, "Line \(first): a quote has no end")
    }

    /// Whether a line ends at a carriage return there.
    private func isCarriageReturn(_ index: Int) -> Bool {
        bytes[index] == UInt8(ascii: "\r") && (index + 1 == bytes.count || bytes[index + 1] == Self.lineFeed)
    }

    private mutating func advanceLine() {
        guard position < bytes.count else { return }
        position += isCarriageReturn(position) && position + 1 < bytes.count ? 2 : 1
        line += 1
    }
}
