import Core
import MLRuntime
import Testing

@Suite("Early stopping")
struct EarlyStoppingTests {
    static func series(_ values: Double...) -> MetricSeries {
        MetricSeries(values.enumerated().map { MetricSeries.Point(step: $0.offset, value: $0.element) })
    }

    static let ended = (0..<11).map { series(Double($0), Double($0) + 1, Double($0) + 2) }

    @Test("the median rule compares the best so far with the median of the means over as many reports")
    func median() throws {
        let rule = try EarlyStopParser.parse(["median"])
        #expect(rule.rules == [.notANumber, .median(trialsMin: 10, interval: 1)])
        // After two reports the means are 0.5, 1.5, ... 10.5: their median is 5.5.
        #expect(rule.reason(Self.series(5.6, 1), ended: Self.ended, .maximize) == nil)
        #expect(rule.reason(Self.series(5.4, 1), ended: Self.ended, .maximize)?.contains("median 5.5") == true)
        #expect(rule.reason(Self.series(9, 5.4), ended: Self.ended, .minimize) == nil)
        #expect(rule.reason(Self.series(9, 5.6), ended: Self.ended, .minimize) != nil)
        #expect(rule.reason(Self.series(0, 0), ended: Array(Self.ended.prefix(9)), .maximize) == nil)
        // Trials with fewer reports say nothing.
        #expect(rule.reason(Self.series(0, 0, 0, 0), ended: Self.ended, .maximize) == nil)
        #expect(rule.reason(MetricSeries(), ended: Self.ended, .maximize) == nil)
        let every = try EarlyStopParser.parse(["median:min=2,interval=3"])
        #expect(every.reason(Self.series(-1, -1), ended: Self.ended, .maximize) == nil)
        #expect(every.reason(Self.series(-1, -1, -1), ended: Self.ended, .maximize) != nil)
    }

    @Test("threshold, patience and NaN")
    func others() throws {
        let threshold = try EarlyStopParser.parse(["threshold:value=0.5,step=2"])
        #expect(threshold.reason(Self.series(0.1, 0.1), ended: [], .maximize) == nil)
        #expect(threshold.reason(Self.series(0.1, 0.1, 0.4), ended: [], .maximize) != nil)
        #expect(threshold.reason(Self.series(0.1, 0.5, 0.4), ended: [], .maximize) == nil)
        #expect(threshold.reason(Self.series(0.9, 0.6, 0.4), ended: [], .minimize) == nil)
        let patience = try EarlyStopParser.parse(["patience:reports=2,delta=0.1"])
        #expect(patience.reason(Self.series(1, 1.2, 1.25), ended: [], .maximize) == nil)
        #expect(patience.reason(Self.series(1, 1.2, 1.25, 1.29), ended: [], .maximize) != nil)
        #expect(patience.reason(Self.series(1, 1.2, 1.25, 1.4), ended: [], .maximize) == nil)
        #expect(
            try EarlyStopParser.parse([]).reason(Self.series(1, .nan), ended: [], .maximize)?.contains("NaN") == true)
        #expect(try EarlyStopParser.parse(["none"]).reason(Self.series(.nan), ended: [], .maximize) == nil)
    }

    @Test(
        "what is no rule is refused",
        arguments: [
            ["often"], ["median:min=0"], ["median:min=1.5"], ["threshold"], ["patience:delta=1"], ["none", "median"],
            ["median:max=3"],
        ])
    func refusals(_ texts: [String]) {
        let error = #expect(throws: HFSError.self) { try EarlyStopParser.parse(texts) }
        #expect(error?.code == .invalidArgument)
    }

    @Test("a step that is reported again replaces what was known from there on")
    func again() {
        var series = Self.series(1, 2, 3)
        series.append(MetricSeries.Point(step: 1, value: 5))
        #expect(series.points.map(\.value) == [1, 5])
    }
}
