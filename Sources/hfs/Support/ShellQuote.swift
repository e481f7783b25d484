/// Names as GNU's `ls` shows them on a terminal: as they are where the shell takes them so, else quoted, control characters
/// escaped.
enum ShellQuote {
    private static let special = Set(" !\"$&'()*;<=>?[\\^`|".unicodeScalars)
    private static let letters: [Unicode.Scalar: String] = [
        "\u{07}": "\\a", "\u{08}": "\\b", "\t": "\\t", "\n": "\\n", "\u{0B}": "\\v", "\u{0C}": "\\f", "\r": "\\r",
    ]

    static func text(_ name: String) -> String {
        let scalars = name.unicodeScalars
        if scalars.contains(where: isControl) { return escaped(name) }
        let isPlain =
            !name.isEmpty && !scalars.contains(where: special.contains)
            && !"#~".unicodeScalars.contains(scalars[scalars.startIndex])
        if isPlain { return name }
        guard name.contains("'") else { return "'\(name)'" }
        let isDoublySafe = !scalars.contains { "\"$`\\!".unicodeScalars.contains($0) }
        return isDoublySafe
            ? "\"\(name)\""
            : "'\(name.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "'\\''"))'"
    }

    static func hasControl(_ name: String) -> Bool { name.unicodeScalars.contains(where: isControl) }

    /// `'a'$'\n''b'`.
    private static func escaped(_ name: String) -> String {
        var result = "'"
        var isEscaping = false
        for scalar in name.unicodeScalars {
            if isControl(scalar) != isEscaping {
                result += isEscaping ? "''" : "'$'"
                isEscaping.toggle()
            }
            if isEscaping {
                result += letters[scalar] ?? scalar.utf8Octal
            } else {
                result += scalar == "'" ? "'\\''" : String(scalar)
            }
        }
        return result + "'"
    }

    private static func isControl(_ scalar: Unicode.Scalar) -> Bool {
        scalar.value < 0x20 || 0x7F...0x9F ~= scalar.value
    }
}

extension Unicode.Scalar {
    /// Its bytes as `\033`.
    fileprivate var utf8Octal: String {
        String(self).utf8.map { byte in
            let digits = String(byte, radix: 8)
            return "\\" + String(repeating: "0", count: 3 - digits.count) + digits
        }.joined()
    }
}
