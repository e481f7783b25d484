import Glibc

/// Variables in a file, a line each: `NAME=VALUE`, taken as it is; empty lines and those that begin with `#` do not count.
enum EnvironmentFile {
    static func read(_ path: String) async throws -> [String: String] {
        let file = try LocalFile.reading(path)
        let bytes = try await file.readUp(to: 1 << 20)
        try await file.close()
        var values: [String: String] = [:]
        for (number, line) in String(decoding: bytes, as: UTF8.self).split(
            separator: "\n", omittingEmptySubsequences: false
        )
        .enumerated() {
            let text = line.drop { $0 == " " || $0 == "\t" }
            if text.isEmpty || text.hasPrefix("#") { continue }
            // The line itself may be a secret.
            guard let (name, value) = assignment(text) else {
                throw Complaint(path, "Line \(number + 1) is no NAME=VALUE")
            }
            values[name] = value
        }
        return values
    }

    /// `NAME=VALUE`; nil for anything else.
    static func assignment(_ text: some StringProtocol) -> (name: String, value: String)? {
        guard let sign = text.firstIndex(of: "="), sign > text.startIndex else { return nil }
        let name = text[..<sign]
        guard name.allSatisfy({ $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "_") }),
            name.first?.isNumber == false
        else { return nil }
        return (String(name), String(text[text.index(after: sign)...]))
    }
}
