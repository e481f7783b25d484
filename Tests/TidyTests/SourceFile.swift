import Foundation

/// A source file of the repository: its lines as they are, and the same lines with comments and strings blanked.
struct SourceFile: Sendable, CustomStringConvertible {
    let path: String
    let lines: [String]
    let code: [String]

    init(path: String, text: String) {
        self.path = path
        lines = text.components(separatedBy: "\n")
        code = Self.blanked(text).components(separatedBy: "\n")
    }

    var description: String { path }
    /// `Sources/NameNode/...` -> `NameNode`.
    var target: String { path.split(separator: "/").dropFirst().first.map(String.init) ?? "" }

    private enum Region { case code, lineComment, blockComment, string, longString }

    /// `text` with every character of a comment or a string literal (interpolations included) replaced by a space.
    static func blanked(_ text: String) -> String {
        var out: [UInt8] = []
        let bytes = Array(text.utf8)
        out.reserveCapacity(bytes.count)
        var region = Region.code
        var i = 0
        var blockDepth = 0
        var interpolationDepth = 0
        func at(_ offset: Int, _ literal: String) -> Bool {
            let end = offset + literal.utf8.count
            return end <= bytes.count && bytes[offset..<end].elementsEqual(literal.utf8)
        }
        func skip(_ count: Int) {
            for j in i..<min(i + count, bytes.count) { out.append(bytes[j] == 10 ? 10 : 32) }
            i += count
        }
        while i < bytes.count {
            switch region {
            case .code:
                // Most bytes begin nothing: they need no comparison.
                if bytes[i] != UInt8(ascii: "/"), bytes[i] != UInt8(ascii: "\"") {
                    out.append(bytes[i])
                    i += 1
                } else if at(i, "//") {
                    region = .lineComment
                } else if at(i, "/*") {
                    region = .blockComment
                    blockDepth = 1
                    skip(2)
                } else if at(i, "\"\"\"") {
                    region = .longString
                    skip(3)
                } else if at(i, "\"") {
                    region = .string
                    interpolationDepth = 0
                    skip(1)
                } else {
                    out.append(bytes[i])
                    i += 1
                }
            case .lineComment:
                if bytes[i] == 10 { region = .code }
                skip(1)
            case .blockComment:
                if bytes[i] != UInt8(ascii: "*"), bytes[i] != UInt8(ascii: "/") {
                    skip(1)
                } else if at(i, "*/") {
                    blockDepth -= 1
                    if blockDepth == 0 { region = .code }
                    skip(2)
                } else {
                    if at(i, "/*") { blockDepth += 1 }
                    skip(1)
                }
            case .string:
                if bytes[i] == UInt8(ascii: "\\") {
                    if at(i, "\\(") { interpolationDepth += 1 }
                    skip(2)
                } else {
                    if interpolationDepth > 0 {
                        if bytes[i] == UInt8(ascii: "(") { interpolationDepth += 1 }
                        if bytes[i] == UInt8(ascii: ")") { interpolationDepth -= 1 }
                    } else if bytes[i] == UInt8(ascii: "\"") || bytes[i] == 10 {
                        region = .code
                    }
                    skip(1)
                }
            case .longString:
                if at(i, "\"\"\"") {
                    region = .code
                    skip(3)
                } else {
                    skip(at(i, "\\") ? 2 : 1)
                }
            }
        }
        return String(decoding: out, as: UTF8.self)
    }
}

extension String {
    /// Whether `needle` is in it, without the machinery of regular expressions.
    func mentions(_ needle: String) -> Bool { strstr(self, needle) != nil }
}
