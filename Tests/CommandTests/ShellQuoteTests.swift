import Testing

@testable import hfs

@Suite("Names as a terminal shows them")
struct ShellQuoteTests {
    /// What GNU's `ls --quoting-style=shell-escape` prints.
    @Test(
        "a name is quoted where the shell would read something else in it",
        arguments: [
            ("plain-1.0_x,y+z:%@/é", "plain-1.0_x,y+z:%@/é"), ("", "''"), ("two words", "'two words'"),
            ("a$b", "'a$b'"),
            ("#a", "'#a'"), ("a#", "a#"), ("~a", "'~a'"), ("a~", "a~"), ("it's", "\"it's\""),
            ("it's $5", "'it'\\''s $5'"), ("a\nb", "'a'$'\\n''b'"), ("\u{1B}[31m", "''$'\\033''[31m'"),
            ("a\n", "'a'$'\\n'"), ("a=b", "'a=b'"), ("\u{85}", "''$'\\302\\205'"),
        ])
    func quoted(name: String, expected: String) {
        #expect(ShellQuote.text(name) == expected)
    }
}
