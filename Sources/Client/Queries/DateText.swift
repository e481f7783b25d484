/// Dates as people write them, in UTC.
enum DateText {
    /// Milliseconds since 1970 of `2026-11-21` or `2026-11-21T10:30:00Z`, the `Z` and the seconds optional; nil for other text.
    static func milliseconds(_ text: String) -> Int64? {
        let parts = text.split(separator: "T", omittingEmptySubsequences: false)
        guard parts.count <= 2, let days = days(parts[0]) else { return nil }
        guard parts.count == 2 else { return days * 86_400_000 }
        var time = parts[1]
        if time.last == "Z" { time.removeLast() }
        let fields = time.split(separator: ":", omittingEmptySubsequences: false).map { number($0, digits: 2) }
        guard fields.count == 2 || fields.count == 3, let hour = fields[0], let minute = fields[1], hour < 24,
            minute < 60,
            let second = fields.count == 3 ? fields[2] : 0, second < 60
        else { return nil }
        return ((days * 24 + hour) * 60 + minute) * 60_000 + second * 1000
    }

    private static func number(_ text: Substring, digits: Int) -> Int64? {
        guard text.utf8.count == digits, text.utf8.allSatisfy({ $0 >= 48 && $0 <= 57 }) else { return nil }
        return Int64(text)
    }

    /// Days since 1970 of a date of the Gregorian calendar, counted in years that begin in March.
    private static func days(_ text: Substring) -> Int64? {
        let fields = text.split(separator: "-", omittingEmptySubsequences: false)
        guard fields.count == 3, let year = number(fields[0], digits: 4), let month = number(fields[1], digits: 2),
            let day = number(fields[2], digits: 2), (1...12).contains(month), (1...31).contains(day)
        else { return nil }
        let shifted = month > 2 ? year : year - 1
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        return shifted * 365 + shifted / 4 - shifted / 100 + shifted / 400 + dayOfYear - 719_468
    }
}
