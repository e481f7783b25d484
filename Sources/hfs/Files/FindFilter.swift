import Client
import Core

/// What `hfs find` asks of an entry beside attributes: its name, type, size and depth.
struct FindFilter: Sendable {
    var patterns: [GlobPattern] = []
    /// f or d.
    var type: String?
    var size: SizeCondition?
    /// Levels below where the search began.
    var depthMax: Int?

    var isEmpty: Bool { patterns.isEmpty && type == nil && size == nil && depthMax == nil }

    /// All but the size, which takes the entry's status.
    func holds(_ path: String, isDirectory: Bool, below base: String) -> Bool {
        if let type, isDirectory != (type == "d") { return false }
        if let depthMax, Self.depth(path) - Self.depth(base) > depthMax { return false }
        return patterns.allSatisfy { $0.matches(RemotePath.name(path)) }
    }

    /// The size; no directory has one.
    func holds(_ status: FileStatus) -> Bool {
        guard let size else { return true }
        return !status.isDirectory && size.holds(status.length)
    }

    private static func depth(_ path: String) -> Int { path.split(separator: "/").count }

    /// `+10k`: more than 10,240 bytes; `-10k`: fewer; `10k`: as many.
    struct SizeCondition: Sendable {
        private let sign: Character?
        private let bytes: UInt64

        init?(_ text: String) {
            var digits = text[...]
            sign = digits.first.flatMap { "+-".contains($0) ? $0 : nil }
            if sign != nil { digits = digits.dropFirst() }
            var shift = 0
            if let unit = digits.last, let index = ["c", "k", "M", "G", "T"].firstIndex(of: String(unit)) {
                shift = 10 * index
                digits = digits.dropLast()
            }
            guard let count = UInt64(digits) else { return nil }
            let (bytes, isTooLarge) = count.multipliedReportingOverflow(by: 1 << UInt64(shift))
            if isTooLarge { return nil }
            self.bytes = bytes
        }

        func holds(_ length: UInt64) -> Bool {
            switch sign {
            case "+": length > bytes
            case "-": length < bytes
            default: length == bytes
            }
        }
    }
}
