/// By how much a value is expected to lie below the lowest one known (Jones, Schonlau, Welch 1998), as a logarithm: far from all
/// that is good the number itself is 0 to a machine, and no point would be better than another.
enum ExpectedImprovement {
    /// The series for the tail is the better one from here on: the cumulative function is known to 2e-7 only.
    private static let tailBegins = -3.5
    private static let logRootTwoPi = 0.9189385332046727

    static func log(mean: Double, deviation: Double, lowest: Double) -> Double {
        let z = (lowest - mean) / deviation
        let logDensity = -z * z / 2 - logRootTwoPi
        guard z < tailBegins else {
            let improvement = z * PortableMath.normalCumulative(z) + PortableMath.exp(logDensity)
            return PortableMath.log(deviation) + PortableMath.log(max(improvement, 1e-300))
        }
        let square = 1 / (z * z)
        let series = square * (1 - 3 * square + 15 * square * square)
        return PortableMath.log(deviation) + logDensity + PortableMath.log(series)
    }
}
