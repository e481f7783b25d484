/// Logarithm, exponential and the normal distribution from additions, multiplications and divisions alone, which IEEE 754
/// fixes to the last bit: the C library's differ between machines and releases, and a search must not.
enum PortableMath {
    private static let ln2High = 0x1.62e42fefa38p-1
    private static let ln2Low = 0x1.ef35793c7673p-45

    /// The natural logarithm of a finite number above 0, to 1e-15 of the result or of 1.
    static func log(_ x: Double) -> Double {
        precondition(x > 0 && x.isFinite)
        var exponent = Double(x.exponent)
        var significand = x.significand
        if significand > 1.4142135623730951 {
            significand /= 2
            exponent += 1
        }
        let s = (significand - 1) / (significand + 1)
        let square = s * s
        var sum = 0.0
        var divisor = 25.0
        while divisor >= 1 {
            sum = sum * square + 1 / divisor
            divisor -= 2
        }
        return exponent * ln2High + (exponent * ln2Low + 2 * s * sum)
    }

    /// e to the power of `x`; 0 below -700, infinity above 700.
    static func exp(_ x: Double) -> Double {
        if x < -700 { return 0 }
        if x > 700 { return .infinity }
        let scale = (x / (ln2High + ln2Low)).rounded()
        let rest = (x - scale * ln2High) - scale * ln2Low
        var sum = 1.0
        var divisor = 14.0
        while divisor >= 1 {
            sum = 1 + sum * rest / divisor
            divisor -= 1
        }
        return sum * Double(sign: .plus, exponent: Int(scale), significand: 1)
    }

    /// The normal distribution's cumulative function, to 2e-7 (Abramowitz and Stegun, 7.1.26).
    static func normalCumulative(_ x: Double) -> Double {
        let z = abs(x) / 1.4142135623730951
        let t = 1 / (1 + 0.3275911 * z)
        let polynomial =
            t * (0.254829592 + t * (-0.284496736 + t * (1.421413741 + t * (-1.453152027 + t * 1.061405429))))
        let tail = polynomial * exp(-z * z) / 2
        return x < 0 ? tail : 1 - tail
    }

    /// The logarithm of the sum of the exponentials.
    static func logSumExp(_ values: [Double]) -> Double {
        guard let largest = values.max(), largest > -.infinity else { return -.infinity }
        var sum = 0.0
        for value in values { sum += exp(value - largest) }
        return largest + log(sum)
    }
}
