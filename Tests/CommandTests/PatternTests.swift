import Core
import Testing

@testable import hfs

@Suite("Patterns, modes, paths, sizes")
struct PatternTests {
    @Test(
        "a glob matches what a shell's would",
        arguments: [
            ("*.csv", "a.csv", true), ("*.csv", "a.csv.gz", false), ("a?c", "abc", true), ("a?c", "ac", false),
            ("[a-c]x", "bx", true), ("[!a-c]x", "bx", false), ("[]x]", "]", true), ("a*b*c", "aXXbYYc", true),
            ("a*b*c", "aXXbYY", false), ("\\*", "*", true), ("\\*", "x", false), ("*", "", true), ("é*", "été", true),
            ("[", "[", true), ("part-*[0-9]", "part-0007", true),
        ])
    func globs(_ pattern: String, _ name: String, _ matches: Bool) {
        #expect(GlobPattern(pattern).matches(name) == matches)
    }

    @Test("a glob without case takes both cases")
    func ignoringCase() { #expect(GlobPattern("*.CSV", ignoringCase: true).matches("a.csv")) }

    @Test(
        "chmod's changes",
        arguments: [
            ("755", 0o644, false, 0o755), ("u+x", 0o644, false, 0o744), ("go-r", 0o644, false, 0o600),
            ("a=r", 0o777, false, 0o444),
            ("+x", 0o644, false, 0o755), ("u=rw,g=r,o=", 0o777, false, 0o640), ("a+X", 0o644, false, 0o644),
            ("a+X", 0o644, true, 0o755), ("+t", 0o777, true, 0o1777), ("1777", 0o755, true, 0o1777),
            ("-t", 0o1777, true, 0o777),
        ] as [(String, UInt16, Bool, UInt16)])
    func modes(_ text: String, _ before: UInt16, _ isDirectory: Bool, _ after: UInt16) throws {
        let change = try #require(ModeChange(text))
        #expect(change.applied(to: .init(before), isDirectory: isDirectory).bits == after)
    }

    @Test("what is no mode is refused", arguments: ["", "zz", "9", "u", "u+q", "4755", "u+r,", "+rw;"])
    func noModes(_ text: String) { #expect(ModeChange(text) == nil) }

    @Test(
        "operands become absolute paths",
        arguments: [
            ("a", "/user/ada/a"), ("/a//b/", "/a/b"), (".", "/user/ada"), ("..", "/user"), ("/../..", "/"),
            ("/a/./b/../c", "/a/c"),
            ("hdfs://host:8020/x", "/x"), ("hdfs://host", "/"), ("", "/user/ada"),
        ])
    func paths(_ operand: String, _ path: String) { #expect(RemotePath.absolute(operand, user: "ada") == path) }

    @Test(
        "sizes for people",
        arguments: [
            (0, "0"), (1023, "1023"), (1024, "1.0K"), (1536, "1.5K"), (10 << 20, "10M"), (1 << 40, "1.0T"),
        ] as [(UInt64, String)])
    func sizes(_ bytes: UInt64, _ text: String) {
        #expect(Format.size(bytes, human: true) == text)
        #expect(Format.size(bytes, human: false) == String(bytes))
    }

    @Test("a size condition holds for what it says")
    func conditions() throws {
        let more = try #require(FindFilter.SizeCondition("+1k"))
        #expect(more.holds(1025) && !more.holds(1024))
        let less = try #require(FindFilter.SizeCondition("-2M"))
        #expect(less.holds(5) && !less.holds(2 << 20))
        #expect(FindFilter.SizeCondition("x") == nil)
        #expect(FindFilter.SizeCondition("99999999999999999T") == nil)
    }
}
