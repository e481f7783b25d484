import Testing

@Suite("Length")
struct LengthTests {
    static let fileLinesMax = 400
    static let functionLinesMax = 100

    @Test("no file is longer than 400 lines")
    func files() {
        for file in Repository.sources + Repository.tests where file.lines.count > Self.fileLinesMax + 1 {
            Issue.record("\(file): \(file.lines.count) lines; look for the seam")
        }
    }

    @Test("no function is longer than 100 lines")
    func functions() {
        for file in Repository.sources {
            for (name, first, count) in Self.functions(of: file) where count > Self.functionLinesMax {
                Issue.record("\(file):\(first + 1): \(name) has \(count) lines")
            }
        }
    }

    @Test("the function finder sees nested braces, and none in strings")
    func finder() {
        let file = SourceFile(
            path: "x.swift",
            text: """
                func a() {
                    if x { print("}}\\(f("}"))") }
                }
                init(
                    a: Int
                ) {
                }
                """)
        let found = Self.functions(of: file)
        #expect(found.map { $0.2 } == [3, 4])
    }

    /// Name, first line and number of lines of each function and initialiser.
    static func functions(of file: SourceFile) -> [(String, Int, Int)] {
        var result: [(String, Int, Int)] = []
        for (index, line) in file.code.enumerated() {
            guard line.mentions("func") || line.mentions("init"),
                let match = line.firstMatch(of: #/(^|\s)(func\s+[^\s(<]+|init[?]?(?=[(<]))/#)
            else { continue }
            var depth = 0
            var opened = false
            search: for (next, text) in file.code[index...].enumerated() {
                let from = next == 0 ? text[match.range.upperBound...] : text[...]
                for character in from {
                    if character == "{" {
                        depth += 1
                        opened = true
                    } else if character == "}" {
                        depth -= 1
                        if depth < 0 { break search }
                        if opened, depth == 0 {
                            result.append((String(match.2), index, next + 1))
                            break search
                        }
                    }
                }
                // A requirement of a protocol has no body.
                if !opened, next > 12 { break }
            }
        }
        return result
    }
}
