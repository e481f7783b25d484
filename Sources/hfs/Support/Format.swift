import Glibc

/// Numbers and times as the commands print them.
enum Format {
    /// Bytes; with `human` in powers of 1,024, three digits at least: `1.4G`.
    static func size(_ bytes: UInt64, human: Bool) -> String {
        guard human, bytes >= 1024 else { return String(bytes) }
        var value = Double(bytes)
        var unit = -1
        while value >= 1024, unit < 5 {
            value /= 1024
            unit += 1
        }
        let letter = Array("KMGTPE")[unit]
        return value < 10 ? "\(fixed(value, 1))\(letter)" : "\(fixed(value, 0))\(letter)"
    }

    /// `value` with `digits` after the point, rounded.
    static func fixed(_ value: Double, _ digits: Int) -> String {
        var scale = 1.0
        for _ in 0..<digits { scale *= 10 }
        let scaled = Int64((value * scale).rounded())
        guard digits > 0 else { return String(scaled) }
        let whole = scaled / Int64(scale)
        let fraction = String(abs(scaled % Int64(scale)))
        return "\(whole).\(String(repeating: "0", count: digits - fraction.count))\(fraction)"
    }

    /// Local time, `2026-11-21 08:30`; with `seconds`, `2026-11-21 08:30:05`.
    static func time(_ ms: Int64, seconds: Bool = false) -> String {
        var when = time_t(ms / 1000)
        var parts = tm()
        localtime_r(&when, &parts)
        var buffer = [CChar](repeating: 0, count: 32)
        let length = strftime(&buffer, buffer.count, seconds ? "%Y-%m-%d %H:%M:%S" : "%Y-%m-%d %H:%M", &parts)
        return String(decoding: buffer[..<length].map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    /// Seconds as `4:05` or `1:02:03`.
    static func duration(_ seconds: Int64) -> String {
        func two(_ n: Int64) -> String { n < 10 ? "0\(n)" : "\(n)" }
        let (hours, minutes, rest) = (seconds / 3600, seconds / 60 % 60, seconds % 60)
        return hours > 0 ? "\(hours):\(two(minutes)):\(two(rest))" : "\(minutes):\(two(rest))"
    }

    static func hex(_ bytes: some Sequence<UInt8>) -> String {
        let digits = Array("0123456789abcdef")
        return bytes.reduce(into: "") { text, byte in
            text.append(digits[Int(byte >> 4)])
            text.append(digits[Int(byte & 15)])
        }
    }
}

extension String {
    func padded(_ width: Int) -> String { self + String(repeating: " ", count: max(0, width - count)) }
    func leftPadded(_ width: Int) -> String { String(repeating: " ", count: max(0, width - count)) + self }
}
