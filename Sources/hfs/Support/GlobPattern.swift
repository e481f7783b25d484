/// A file name pattern: `*`, `?`, `[a-z]`, `[!a-z]`, `\` before a character that stands for itself.
struct GlobPattern: Sendable {
    private let pattern: [Character]
    private let ignoresCase: Bool

    init(_ text: String, ignoringCase: Bool = false) {
        pattern = Array(ignoringCase ? text.lowercased() : text)
        ignoresCase = ignoringCase
    }

    static func isPattern(_ text: String) -> Bool { text.contains { "*?[".contains($0) } }

    func matches(_ name: String) -> Bool {
        let name = Array(ignoresCase ? name.lowercased() : name)
        // Backtracks to the last star only: linear in practice, quadratic at worst.
        var p = 0
        var n = 0
        var star: (pattern: Int, name: Int)?
        while n < name.count {
            if p < pattern.count, pattern[p] == "*" {
                star = (p, n)
                p += 1
            } else if let next = step(p, name[n]) {
                p = next
                n += 1
            } else if let last = star {
                star = (last.pattern, last.name + 1)
                p = last.pattern + 1
                n = last.name + 1
            } else {
                return false
            }
        }
        return pattern[p...].allSatisfy { $0 == "*" }
    }

    /// The position after the single-character item at `p`, when it matches `character`.
    private func step(_ p: Int, _ character: Character) -> Int? {
        guard p < pattern.count else { return nil }
        switch pattern[p] {
        case "?": return p + 1
        case "\\" where p + 1 < pattern.count: return pattern[p + 1] == character ? p + 2 : nil
        case "[": return stepClass(p, character) ?? (character == "[" && !hasClass(p) ? p + 1 : nil)
        default: return pattern[p] == character ? p + 1 : nil
        }
    }

    private func hasClass(_ p: Int) -> Bool { classEnd(p) != nil }

    private func classEnd(_ p: Int) -> Int? {
        var end = p + 1
        if end < pattern.count, pattern[end] == "!" || pattern[end] == "^" { end += 1 }
        if end < pattern.count, pattern[end] == "]" { end += 1 }
        while end < pattern.count, pattern[end] != "]" { end += 1 }
        return end < pattern.count ? end : nil
    }

    private func stepClass(_ p: Int, _ character: Character) -> Int? {
        guard let end = classEnd(p) else { return nil }
        var i = p + 1
        let isNegated = pattern[i] == "!" || pattern[i] == "^"
        if isNegated { i += 1 }
        var isMember = false
        while i < end {
            if i + 2 < end, pattern[i + 1] == "-" {
                if pattern[i] <= character, character <= pattern[i + 2] { isMember = true }
                i += 3
            } else {
                if pattern[i] == character { isMember = true }
                i += 1
            }
        }
        return isMember != isNegated ? end + 1 : nil
    }
}
