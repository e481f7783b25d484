import Foundation

/// Inputs that once showed something, one in hexadecimal a line, a file for each decoder; `#` begins a comment.
struct Corpus {
    static let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .appending(path: "Corpus")

    let file: URL

    init(of target: FuzzTarget) { file = Self.folder.appending(path: target.name + ".hex") }

    func inputs() throws -> [[UInt8]] {
        guard let text = try? String(contentsOf: file, encoding: .utf8) else { return [] }
        return text.split(separator: "\n").compactMap { line in
            let digits = line.prefix { $0 != "#" }.filter { !$0.isWhitespace }
            return line.hasPrefix("#") ? nil : hex(String(digits))
        }
    }

    /// Adds an input at the end, with what it showed.
    func append(_ input: [UInt8], _ comment: String) throws {
        let line = input.map { byte in (byte < 16 ? "0" : "") + String(byte, radix: 16) }.joined() + "  # \(comment)\n"
        let old = (try? Data(contentsOf: file)) ?? Data()
        try (old + Data(line.utf8)).write(to: file)
    }
}
