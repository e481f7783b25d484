import Testing

@testable import MLRuntime

@Suite("A program's output")
struct MetricLineTests {
    @Test("a report has values and perhaps a step; any other line is none")
    func lines() {
        #expect(MetricLine("hfs::metric accuracy=0.93 step=3")?.values == ["accuracy": 0.93])
        #expect(MetricLine("hfs::metric accuracy=0.93 step=3")?.step == 3)
        #expect(MetricLine("hfs::metric  a=1e-3\tb=nan ")?.values.count == 2)
        #expect(MetricLine("hfs::metric a=1")?.step == nil)
        for line in [
            "", "hfs::metric", "hfs::metric ", "hfs::metric step=1", "hfs::metric a=x", "hfs::metric a",
            "hfs::metric =1",
            "hfs::metric a=1 step=x", " hfs::metric a=1", "accuracy=0.93",
        ] {
            #expect(MetricLine(line) == nil, "'\(line)'")
        }
    }

    @Test("lines are the same however the bytes are cut", arguments: 1..<12)
    func splitting(_ size: Int) {
        let bytes = Array("first\nsecond ü\n\nlast".utf8)
        var splitter = LineSplitter()
        var lines: [String] = []
        for start in stride(from: 0, to: bytes.count, by: size) {
            lines += splitter.lines(Array(bytes[start..<min(start + size, bytes.count)]))
        }
        #expect(lines == ["first", "second ü", ""])
        #expect(splitter.finish() == "last")
        #expect(splitter.finish() == nil)
    }

    @Test("a line without an end takes no more memory than the bound, and the next one counts again")
    func bounded() {
        var splitter = LineSplitter()
        for _ in 0..<100 { #expect(splitter.lines([UInt8](repeating: 65, count: 10_000)).isEmpty) }
        #expect(splitter.lines(Array("x\nhfs::metric a=1\n".utf8)) == ["hfs::metric a=1"])
    }
}
