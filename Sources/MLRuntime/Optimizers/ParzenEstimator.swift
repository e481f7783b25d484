/// A density over the unit cube: a mixture of one kernel for each observation and a wide one for none.
///
/// A kernel is a product over the dimensions: a normal distribution cut off at 0 and 1, as wide as the larger distance to its
/// neighbours in that dimension (Bergstra et al.), or for categories the observed one with most of the weight. Observations
/// before the last 25 weigh less, the older the less.
struct ParzenEstimator {
    private static let recentCount = 25

    private enum Dimension {
        /// For each kernel its centre, its width, and the logarithm of what its density is divided by.
        case real(centres: [Double], widths: [Double], logDivisors: [Double])
        /// For each kernel the logarithms of the categories' weights.
        case categories(logWeights: [[Double]])
    }

    private let domains: [ParameterDomain]
    private let dimensions: [Dimension]
    private let weights: [Double]
    private let logWeights: [Double]

    init(_ domains: [ParameterDomain], _ observations: [[Double]]) {
        self.domains = domains
        let raw = Self.weights(observations.count) + [1]
        let total = raw.reduce(0, +)
        weights = raw.map { $0 / total }
        logWeights = weights.map(PortableMath.log)
        dimensions = domains.indices.map { index in
            if case .categorical(let values) = domains[index] {
                return Self.categories(observations.map { $0[index] }, values.count)
            }
            return Self.real(observations.map { $0[index] })
        }
    }

    /// A position drawn from the density, in the middle of its part where a dimension has few values.
    func sample(_ random: inout RandomGenerator) -> [Double] {
        let kernel = Self.pick(weights, random.unit())
        return dimensions.indices.map { index in
            switch dimensions[index] {
            case .categories(let logWeights):
                let category = Self.pick(logWeights[kernel].map(PortableMath.exp), random.unit())
                return (Double(category) + 0.5) / Double(logWeights[kernel].count)
            case .real(let centres, let widths, _):
                var position = -1.0
                while !(0...1).contains(position) { position = centres[kernel] + widths[kernel] * random.normal() }
                let domain = domains[index]
                return domain.position(of: domain.value(at: position)) ?? position
            }
        }
    }

    /// The logarithm of the density, but for a term that depends on the dimensions alone.
    func logDensity(at position: [Double]) -> Double {
        var logs = logWeights
        for (index, dimension) in dimensions.enumerated() {
            switch dimension {
            case .categories(let logWeights):
                let count = logWeights[0].count
                let category = min(count - 1, Int(position[index] * Double(count)))
                for kernel in logs.indices { logs[kernel] += logWeights[kernel][category] }
            case .real(let centres, let widths, let logDivisors):
                for kernel in logs.indices {
                    let distance = (position[index] - centres[kernel]) / widths[kernel]
                    logs[kernel] -= distance * distance / 2 + logDivisors[kernel]
                }
            }
        }
        return PortableMath.logSumExp(logs)
    }

    private static func real(_ positions: [Double]) -> Dimension {
        let centres = positions + [0.5]
        let widths = widths(positions) + [1]
        let logDivisors = zip(centres, widths).map { centre, width in
            let mass =
                PortableMath.normalCumulative((1 - centre) / width) - PortableMath.normalCumulative(-centre / width)
            return PortableMath.log(width) + PortableMath.log(mass)
        }
        return .real(centres: centres, widths: widths, logDivisors: logDivisors)
    }

    /// The larger distance to the neighbours, for the outermost ones to the only one, for a single one to the farther end;
    /// never below what keeps the kernels from falling apart.
    private static func widths(_ positions: [Double]) -> [Double] {
        let order = positions.indices.sorted { (positions[$0], $0) < (positions[$1], $1) }
        let smallest = 1 / min(100, Double(positions.count + 2))
        var widths = [Double](repeating: 1, count: positions.count)
        for (place, index) in order.enumerated() {
            let below = place > 0 ? positions[index] - positions[order[place - 1]] : nil
            let above = place < order.count - 1 ? positions[order[place + 1]] - positions[index] : nil
            let width =
                switch (below, above) {
                case (.some(let below), .some(let above)): max(below, above)
                case (.some(let only), nil), (nil, .some(let only)): only
                case (nil, nil): max(positions[index], 1 - positions[index])
                }
            widths[index] = min(1, max(width, smallest))
        }
        return widths
    }

    private static func categories(_ positions: [Double], _ count: Int) -> Dimension {
        let base = 1 / Double(positions.count + 1)
        let total = 1 + base * Double(count)
        var rows = positions.map { position in
            let observed = min(count - 1, Int(position * Double(count)))
            return (0..<count).map { PortableMath.log((base + ($0 == observed ? 1 : 0)) / total) }
        }
        rows.append([Double](repeating: PortableMath.log(1 / Double(count)), count: count))
        return .categories(logWeights: rows)
    }

    /// 1 for the last 25 observations, for earlier ones down to 1/count in even steps.
    private static func weights(_ count: Int) -> [Double] {
        let old = count - recentCount
        guard old > 0 else { return [Double](repeating: 1, count: count) }
        let first = 1 / Double(count)
        let ramp = (0..<old).map { old == 1 ? first : first + (1 - first) * Double($0) / Double(old - 1) }
        return ramp + [Double](repeating: 1, count: recentCount)
    }

    private static func pick(_ weights: [Double], _ draw: Double) -> Int {
        var left = draw
        for (index, weight) in weights.enumerated() {
            left -= weight
            if left < 0 { return index }
        }
        return weights.count - 1
    }
}
