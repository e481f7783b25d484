/// Latencies in nanoseconds, in buckets 1/32 of a power of two wide: at most 3 % off.
struct LatencyHistogram: Sendable {
    private var buckets = [UInt64](repeating: 0, count: 64 * 32)
    private(set) var count: UInt64 = 0

    mutating func record(_ ns: UInt64) {
        buckets[Self.index(ns)] += 1
        count += 1
    }

    mutating func add(_ other: LatencyHistogram) {
        for i in buckets.indices { buckets[i] += other.buckets[i] }
        count += other.count
    }

    /// Upper edge of the bucket that holds the given share of the calls, in microseconds.
    func microseconds(atQuantile quantile: Double) -> Double {
        guard count > 0 else { return 0 }
        let rank = UInt64((Double(count) * quantile).rounded(.up))
        var seen: UInt64 = 0
        for (index, n) in buckets.enumerated() {
            seen += n
            if seen >= max(rank, 1) { return Double(Self.upperEdge(index)) / 1000 }
        }
        return 0
    }

    private static func index(_ ns: UInt64) -> Int {
        guard ns >= 32 else { return Int(ns) }
        let exponent = 63 - ns.leadingZeroBitCount
        return (exponent - 4) * 32 + Int(ns >> UInt64(exponent - 5)) - 32
    }

    private static func upperEdge(_ index: Int) -> UInt64 {
        guard index >= 32 else { return UInt64(index) }
        let exponent = index / 32 + 4
        return UInt64(index % 32 + 33) << UInt64(exponent - 5)
    }
}
