/// A Gaussian process over points that were observed: what values to expect elsewhere, and how surely.
///
/// Values are taken less their mean, over their standard deviation. The kernel's scale is the one that makes the values likeliest,
/// its lengths and noise those of the highest density under the values and a prior, found by steps along one of them at a time.
struct GaussianProcess {
    /// Lengths of half the cube are expected, shorter and longer ones less and less.
    private static let logLengthMean = -0.7
    private static let logLengthDeviation = 0.8
    private static let logNoiseMean = -9.0
    private static let logNoiseDeviation = 3.0
    private static let logLengthRange = -4.0...2.5
    private static let logNoiseRange = -14.0...0.0

    private let points: [[Double]]
    private let kernel: MaternKernel
    private let inverseSquares: [Double]
    private let factor: CholeskyFactor
    private let weights: [Double]
    private let scale: Double

    /// nil where no kernel fits, which more noise would mend.
    init?(_ points: [[Double]], _ values: [Double], _ kernel: MaternKernel) {
        guard let factor = CholeskyFactor(kernel.matrix(points), count: points.count) else { return nil }
        self.points = points
        self.kernel = kernel
        self.factor = factor
        inverseSquares = kernel.inverseSquares()
        weights = factor.solve(values)
        scale = max(1e-10, Self.product(values, weights) / Double(points.count))
    }

    /// The process whose kernel explains the values best, beginning with `kernel`.
    static func fitted(_ points: [[Double]], _ values: [Double]) -> GaussianProcess? {
        let dimensions = points.first?.count ?? 0
        var best: (kernel: MaternKernel, score: Double)?
        for length in [-2.0, -1.2, -0.5, 0.3] {
            for noise in [-10.0, -4.0] {
                let kernel = MaternKernel(
                    logLengths: [Double](repeating: length, count: dimensions), logNoise: noise)
                let score = score(points, values, kernel)
                if score > best?.score ?? -.infinity { best = (kernel, score) }
            }
        }
        guard var (kernel, score) = best else { return nil }
        for step in [0.8, 0.4, 0.2] {
            for index in 0...dimensions {
                for sign in [1.0, -1.0] {
                    var moved = kernel
                    moved.move(index, by: sign * step * (index == dimensions ? 3 : 1), logLengthRange, logNoiseRange)
                    let next = moved == kernel ? -.infinity : Self.score(points, values, moved)
                    if next > score {
                        (kernel, score) = (moved, next)
                        break
                    }
                }
            }
        }
        return GaussianProcess(points, values, kernel)
    }

    /// The process with the same kernel after more observations.
    func with(_ points: [[Double]], _ values: [Double]) -> GaussianProcess? {
        GaussianProcess(points, values, kernel)
    }

    /// Mean and standard deviation of the value at a point.
    func predict(_ point: [Double]) -> (mean: Double, deviation: Double) {
        let row = points.map { MaternKernel.value($0, point, inverseSquares) }
        let solved = factor.solveLower(row)
        let variance = max(1e-12, 1 - Self.product(solved, solved)) * scale
        return (Self.product(row, weights), variance.squareRoot())
    }

    /// The logarithm of the likelihood, the scale chosen for it, and of the prior, but for constants.
    private static func score(_ points: [[Double]], _ values: [Double], _ kernel: MaternKernel) -> Double {
        guard let process = GaussianProcess(points, values, kernel) else { return -.infinity }
        let fit = Double(points.count) * PortableMath.log(process.scale) + process.factor.logDeterminant
        var prior = 0.0
        for length in kernel.logLengths {
            let distance = (length - logLengthMean) / logLengthDeviation
            prior -= distance * distance / 2
        }
        let distance = (kernel.logNoise - logNoiseMean) / logNoiseDeviation
        return -fit / 2 + prior - distance * distance / 2
    }

    private static func product(_ first: [Double], _ second: [Double]) -> Double {
        var sum = 0.0
        for index in first.indices { sum += first[index] * second[index] }
        return sum
    }
}

extension MaternKernel {
    /// Moves one length, or behind them the noise, within its range.
    fileprivate mutating func move(
        _ index: Int, by step: Double, _ lengths: ClosedRange<Double>, _ noise: ClosedRange<Double>
    ) {
        if index < logLengths.count {
            logLengths[index] = min(lengths.upperBound, max(lengths.lowerBound, logLengths[index] + step))
        } else {
            logNoise = min(noise.upperBound, max(noise.lowerBound, logNoise + step))
        }
    }
}
