import Testing

@Suite("Doc comments")
struct DocCommentTests {
    @Test("a public or package type of the top level has a doc comment")
    func documented() {
        let pattern =
            #/^(?:@\w+(?:\([^)]*\))?\s+)*(?:public|package)\s+(?:final\s+|indirect\s+)?(?:struct|class|enum|actor|protocol)\s+(\w+)/#
        for file in Repository.sources {
            for (number, line) in file.code.enumerated() {
                guard line.hasPrefix("public") || line.hasPrefix("package") || line.hasPrefix("@"),
                    let match = line.firstMatch(of: pattern)
                else { continue }
                var above = number - 1
                while above >= 0, file.lines[above].hasPrefix("@") { above -= 1 }
                if above < 0 || !file.lines[above].hasPrefix("///") {
                    Issue.record("\(file):\(number + 1): \(match.1) has no doc comment")
                }
            }
        }
    }
}
