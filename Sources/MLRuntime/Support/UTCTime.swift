import FoundationEssentials

/// Times as other programs read them.
enum UTCTime {
    /// `2026-11-21T15:40:56.123+00:00`
    static func text(_ ms: Int64) -> String {
        let seconds = Date(timeIntervalSince1970: Double(ms / 1000)).formatted(.iso8601)
        let rest = String(1000 + abs(ms % 1000)).dropFirst()
        return "\(seconds.hasSuffix("Z") ? seconds.dropLast() : seconds[...]).\(rest)+00:00"
    }
}
