import Core
import Glibc

/// Times as `--since` takes them.
enum EventTime {
    /// Milliseconds since 1970 of `90s`, `15m`, `2h`, `7d` ago, of a local time `2026-11-21`, `2026-11-21 08:30` or
    /// `2026-11-21T08:30:05`, or of a number of milliseconds; nil for anything else.
    static func ms(_ text: String, nowMs: Int64) -> Int64? {
        if let unit = text.last, let seconds = secondsOf[unit] {
            guard let count = Int64(text.dropLast()), count >= 0 else { return nil }
            let (ms, isTooLarge) = count.multipliedReportingOverflow(by: seconds * 1000)
            return isTooLarge ? nil : max(nowMs - ms, 0)
        }
        if let ms = Int64(text) { return ms >= 0 ? ms : nil }
        return localMs(text)
    }

    private static let secondsOf: [Character: Int64] = ["s": 1, "m": 60, "h": 3600, "d": 86_400]

    private static func localMs(_ text: String) -> Int64? {
        for format in ["%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M:%S", "%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M", "%Y-%m-%d"] {
            var parts = tm()
            let isWhole = text.withCString { start in strptime(start, format, &parts).map { $0.pointee == 0 } ?? false }
            guard isWhole else { continue }
            parts.tm_isdst = -1
            let seconds = mktime(&parts)
            return seconds < 0 ? nil : Int64(seconds) * 1000
        }
        return nil
    }
}
