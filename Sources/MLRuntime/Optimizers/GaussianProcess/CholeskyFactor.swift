/// The lower triangle L of a symmetric positive definite matrix A = L Lᵀ, row after row. Sums are taken in one order: equal
/// matrices have equal factors on every machine.
struct CholeskyFactor {
    let count: Int
    private var rows: [Double]

    /// nil where the matrix is not positive definite to working precision. `matrix` holds `count * count` numbers, of which the
    /// lower triangle is read. Time: O(count³).
    init?(_ matrix: [Double], count: Int) {
        precondition(matrix.count == count * count)
        self.count = count
        rows = matrix
        for column in 0..<count {
            var pivot = rows[column * count + column]
            for k in 0..<column { pivot -= rows[column * count + k] * rows[column * count + k] }
            guard pivot > 1e-12 else { return nil }
            let root = pivot.squareRoot()
            rows[column * count + column] = root
            for row in column + 1..<max(count, column + 1) {
                var sum = rows[row * count + column]
                for k in 0..<column { sum -= rows[row * count + k] * rows[column * count + k] }
                rows[row * count + column] = sum / root
            }
        }
    }

    /// x with L x = b.
    func solveLower(_ b: [Double]) -> [Double] {
        var x = b
        for row in 0..<count {
            var sum = x[row]
            for k in 0..<row { sum -= rows[row * count + k] * x[k] }
            x[row] = sum / rows[row * count + row]
        }
        return x
    }

    /// x with A x = b.
    func solve(_ b: [Double]) -> [Double] {
        var x = solveLower(b)
        for row in (0..<count).reversed() {
            var sum = x[row]
            for k in row + 1..<max(count, row + 1) { sum -= rows[k * count + row] * x[k] }
            x[row] = sum / rows[row * count + row]
        }
        return x
    }

    /// The logarithm of A's determinant.
    var logDeterminant: Double {
        var sum = 0.0
        for row in 0..<count { sum += PortableMath.log(rows[row * count + row]) }
        return 2 * sum
    }
}
