import Testing

@testable import Benchmark

@Suite struct LatencyHistogramTests {
    @Test("A quantile is at most four percent above the exact one", arguments: [0.5, 0.9, 0.99, 0.999])
    func quantilesAreClose(quantile: Double) {
        var random = SplitMix64(7)
        var histogram = LatencyHistogram()
        let values = (0..<50_000).map { _ in 100 + random.next() % (1 << (5 + random.next() % 25)) }
        for value in values { histogram.record(value) }
        let exact = Double(values.sorted()[Int((Double(values.count) * quantile).rounded(.up)) - 1]) / 1000
        let found = histogram.microseconds(atQuantile: quantile)
        #expect(found >= exact * 0.999)
        #expect(found <= exact * 1.04 + 0.001)
    }

    @Test func addingTwoHistogramsCountsBoth() {
        var a = LatencyHistogram()
        var b = LatencyHistogram()
        a.record(10)
        b.record(1_000_000)
        a.add(b)
        #expect(a.count == 2)
        #expect(a.microseconds(atQuantile: 1) >= 1000)
    }
}
