/// The end of a program's output.
struct LastLines {
    private let max: Int
    private var splitter = LineSplitter()
    private var lines: [String] = []

    init(max: Int) { self.max = max }

    var text: String { lines.joined(separator: "\n") }

    /// The lines that `bytes` complete.
    mutating func take(_ bytes: [UInt8]) -> [String] {
        let new = splitter.lines(bytes)
        lines = (lines + new).suffix(max)
        return new
    }
}
