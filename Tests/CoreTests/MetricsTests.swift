import Core
import Testing

@Suite("Metrics")
struct MetricsTests {
    @Test("Every value lies in its bucket's bounds")
    func buckets() {
        let histogram = MetricHistogram()
        for value: UInt64 in [0, 1, 3, 4, 5, 7, 8, 100, 1000, 123_456, 1 << 40, UInt64.max] {
            let single = MetricHistogram()
            single.observe(value)
            let bound = single.quantile(0.5)
            #expect(bound >= value)
            if value < 1 << 47 { #expect(Double(bound) <= Double(value) * 1.25 + 1) }
            histogram.observe(value)
        }
        #expect(histogram.count == 12)
        #expect(histogram.quantile(0) == 0)
        #expect(histogram.quantile(1) == UInt64.max)
    }

    @Test("Quantiles of a thousand values are right within a bucket")
    func quantiles() {
        let histogram = MetricHistogram()
        for value in 1...1000 { histogram.observe(UInt64(value)) }
        #expect((500...625).contains(histogram.quantile(0.5)))
        #expect((990...1250).contains(histogram.quantile(0.99)))
        #expect(histogram.sum == 500_500)
    }

    @Test("The text lists every figure once, sorted, with its kind")
    func text() {
        let registry = MetricsRegistry()
        registry.counter("b_total", help: "B", labels: [("who", "a\"b")]).add(2)
        registry.counter("b_total", help: "B", labels: [("who", "a\"b")]).add(3)
        registry.gauge("a_bytes", help: "A") { 1.5 }
        registry.histogram("c_microseconds", help: "C").observe(5)
        let expected = """
            # HELP a_bytes A
            # TYPE a_bytes gauge
            a_bytes 1.5
            # HELP b_total B
            # TYPE b_total counter
            b_total{who="a\\"b"} 5
            # HELP c_microseconds C
            # TYPE c_microseconds histogram
            c_microseconds_bucket{le="7"} 1
            c_microseconds_bucket{le="+Inf"} 1
            c_microseconds_sum 5
            c_microseconds_count 1

            """
        #expect(registry.prometheusText() == expected)
    }
}
