import Core
import Glibc
import Logging

/// Log lines on standard error, for a person or for a machine.
///
/// Text: `2026-11-21T00:54:11.123Z info namenode event key=value`. JSON: one object a line with the same parts.
struct StandardErrorLogHandler: LogHandler {
    /// How a line is written.
    enum Format: String, Sendable, Codable { case text, json }

    let label: String
    let format: Format
    let clock: any HFSClock
    var logLevel: Logger.Level
    var metadata: Logger.Metadata = [:]
    var metadataProvider: Logger.MetadataProvider?

    init(label: String, format: Format, level: Logger.Level, clock: any HFSClock = SystemClock()) {
        self.label = label
        self.format = format
        self.clock = clock
        logLevel = level
    }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        var all = metadata
        if let provided = metadataProvider?.get() { all.merge(provided) { $1 } }
        if let own = event.metadata { all.merge(own) { $1 } }
        let pairs = all.map { ($0.key, "\($0.value)") }.sorted { $0.0 < $1.0 }
        // One write a line, so that lines of several threads do not mix.
        Console.standardError(line(event.level, "\(event.message)", pairs))
    }

    func line(_ level: Logger.Level, _ message: String, _ pairs: [(String, String)]) -> String {
        let time = Self.timestamp(clock.nowMs)
        switch format {
        case .text:
            let rest = pairs.map { " \($0.0)=\(Self.needsQuotes($0.1) ? Self.quoted($0.1) : $0.1)" }.joined()
            return "\(time) \(level) \(label) \(message)\(rest)\n"
        case .json:
            let fields =
                [("time", time), ("level", "\(level)"), ("logger", label), ("event", message)]
                + pairs.map { (key, value) in
                    (["time", "level", "logger", "event"].contains(key) ? "_\(key)" : key, value)
                }
            return "{" + fields.map { "\(Self.quoted($0.0)):\(Self.quoted($0.1))" }.joined(separator: ",") + "}\n"
        }
    }

    private static func timestamp(_ ms: Int64) -> String {
        var when = time_t(ms / 1000)
        var parts = tm()
        gmtime_r(&when, &parts)
        func digits(_ value: Int, _ width: Int) -> String {
            let text = String(value)
            return String(repeating: "0", count: max(0, width - text.count)) + text
        }
        let date = "\(parts.tm_year + 1900)-\(digits(Int(parts.tm_mon) + 1, 2))-\(digits(Int(parts.tm_mday), 2))"
        let time = [parts.tm_hour, parts.tm_min, parts.tm_sec].map { digits(Int($0), 2) }.joined(separator: ":")
        return "\(date)T\(time).\(digits(Int(ms % 1000), 3))Z"
    }

    private static func needsQuotes(_ text: String) -> Bool {
        text.isEmpty || text.utf8.contains { $0 <= 32 || $0 == UInt8(ascii: "\"") || $0 == UInt8(ascii: "=") }
    }

    /// `text` as a JSON string.
    private static func quoted(_ text: String) -> String {
        var out = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": out += "\\\""
            case "\\": out += "\\\\"
            case "\n": out += "\\n"
            case "\t": out += "\\t"
            default:
                if scalar.value < 32 {
                    let hex = String(scalar.value, radix: 16)
                    out += "\\u" + String(repeating: "0", count: 4 - hex.count) + hex
                } else {
                    out.unicodeScalars.append(scalar)
                }
            }
        }
        return out + "\""
    }
}
