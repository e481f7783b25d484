/// A report on a program's standard output: `hfs::metric accuracy=0.93 loss=0.2 step=3`.
struct MetricLine: Hashable, Sendable {
    static let prefix = "hfs::metric "

    /// In the order of their names.
    var values: [String: Double]
    /// nil: one after the last report's.
    var step: Int?

    /// nil for any other line, and for one without a single value.
    init?(_ line: some StringProtocol) {
        guard line.hasPrefix(Self.prefix) else { return nil }
        values = [:]
        for part in line.dropFirst(Self.prefix.count).split(whereSeparator: \.isWhitespace) {
            let pair = part.split(separator: "=", maxSplits: 1)
            guard pair.count == 2, !pair[0].isEmpty else { return nil }
            if pair[0] == "step" {
                guard let step = Int(pair[1]) else { return nil }
                self.step = step
            } else {
                guard let value = Double(pair[1]) else { return nil }
                values[String(pair[0])] = value
            }
        }
        if values.isEmpty { return nil }
    }
}
