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

    /// `YYYY-MM-DD`, with `HH:MM` and `:SS` behind a `T` or a space.
    private static func localMs(_ text: String) -> Int64? {
        let halves = text.split(whereSeparator: { $0 == "T" || $0 == " " })
        guard (1...2).contains(halves.count) else { return nil }
        let day = halves[0].split(separator: "-", omittingEmptySubsequences: false).compactMap { Int32($0) }
        let clock = halves.count == 1 ? [] : halves[1].split(separator: ":", omittingEmptySubsequences: false)
        let hours = clock.compactMap { Int32($0) }
        guard day.count == 3, (1970...9999).contains(day[0]), (1...12).contains(day[1]), (1...31).contains(day[2]),
            halves.count == 1 || (2...3).contains(hours.count), hours.count == clock.count,
            zip(hours, [23, 59, 60]).allSatisfy({ (0...$1).contains($0) })
        else { return nil }
        var parts = tm()
        (parts.tm_year, parts.tm_mon, parts.tm_mday) = (day[0] - 1900, day[1] - 1, day[2])
        if hours.count > 1 { (parts.tm_hour, parts.tm_min) = (hours[0], hours[1]) }
        if hours.count > 2 { parts.tm_sec = hours[2] }
        parts.tm_isdst = -1
        let seconds = mktime(&parts)
        return seconds < 0 ? nil : Int64(seconds) * 1000
    }
}
