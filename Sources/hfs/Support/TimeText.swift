import Core

/// Lengths of time as people write them.
enum TimeText {
    /// `90`, `90s`, `30m`, `8h`, `2d`, as milliseconds; `.invalidArgument` for anything else.
    static func milliseconds(_ text: String) throws(HFSError) -> Int64 {
        let units: [Character: Double] = ["s": 1, "m": 60, "h": 3600, "d": 86_400]
        let unit = text.last.flatMap { units[$0] }
        guard let number = Double(unit == nil ? text : String(text.dropLast())), number > 0, number < 1e7 else {
            throw HFSError(.invalidArgument, "'\(text)' is no time: 90s, 30m, 8h, 2d")
        }
        return Int64(number * (unit ?? 1) * 1000)
    }
}
