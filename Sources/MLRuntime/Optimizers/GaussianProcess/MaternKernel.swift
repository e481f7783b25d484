/// How alike two points are by the Matern kernel of smoothness 5/2 with a length for each dimension (Rasmussen, Williams 2006,
/// chapter 4).
struct MaternKernel: Hashable {
    /// The logarithm of each dimension's length: over longer distances values have little to do with one another.
    var logLengths: [Double]
    /// The variance of what the dimensions do not explain, as a share of what they do.
    var logNoise: Double

    /// The square of each dimension's inverse length.
    func inverseSquares() -> [Double] { logLengths.map { PortableMath.exp(-2 * $0) } }

    /// 1 for equal points.
    static func value(_ first: [Double], _ second: [Double], _ inverseSquares: [Double]) -> Double {
        var square = 0.0
        for index in first.indices {
            let distance = first[index] - second[index]
            square += distance * distance * inverseSquares[index]
        }
        let scaled = (5 * square).squareRoot()
        return (1 + scaled + scaled * scaled / 3) * PortableMath.exp(-scaled)
    }

    /// The matrix over all pairs, the noise on its diagonal.
    func matrix(_ points: [[Double]]) -> [Double] {
        let squares = inverseSquares()
        let diagonal = 1 + PortableMath.exp(logNoise)
        var matrix = [Double](repeating: 0, count: points.count * points.count)
        for row in points.indices {
            for column in 0..<row {
                let value = Self.value(points[row], points[column], squares)
                matrix[row * points.count + column] = value
                matrix[column * points.count + row] = value
            }
            matrix[row * points.count + row] = diagonal
        }
        return matrix
    }
}
