/// Lines out of bytes that come in pieces. What is longer than `lineBytesMax` is no report and is not kept.
struct LineSplitter {
    static let lineBytesMax = 64 << 10

    private var rest: [UInt8] = []
    private var isTooLong = false

    /// The lines that `bytes` complete, without their ends.
    mutating func lines(_ bytes: [UInt8]) -> [String] {
        var lines: [String] = []
        var start = 0
        while let end = bytes[start...].firstIndex(of: UInt8(ascii: "\n")) {
            if !isTooLong { lines.append(String(decoding: rest + bytes[start..<end], as: UTF8.self)) }
            rest = []
            isTooLong = false
            start = end + 1
        }
        if rest.count + bytes.count - start > Self.lineBytesMax {
            rest = []
            isTooLong = true
        } else if !isTooLong {
            rest += bytes[start...]
        }
        return lines
    }

    /// What stands behind the last line's end.
    mutating func finish() -> String? {
        defer { rest = [] }
        return rest.isEmpty || isTooLong ? nil : String(decoding: rest, as: UTF8.self)
    }
}
