public import Core

/// Bayesian optimization: a Gaussian process over the trials so far, and the settings at which the most improvement is expected.
///
/// After `startup` independent draws each decision fits the process and compares `candidates` draws over the whole space with steps
/// around the best trials, then climbs from the best of all. Trials that run count with the value that the process expects of them,
/// so that parallel slots keep away from one another; failed ones count as the worst.
public struct GaussianProcessSearch: Optimizer {
    /// Trials that the process looks at: its time grows with their cube. The best ones and the latest.
    private static let pointsMax = 160
    /// Around each of so many of the best trials are steps of these widths.
    private static let centres = 5
    private static let widths = [0.2, 0.05, 0.01]
    private static let climbs = 3

    private let search: SearchSettings
    private let startup: Int
    private let candidates: Int
    private let encoding: PointEncoding

    public init(_ search: SearchSettings, startup: Int, candidates: Int) throws(HFSError) {
        try search.checkNotEmpty("gp")
        self.search = search
        self.startup = startup
        self.candidates = candidates
        encoding = PointEncoding(search.space)
    }

    private struct Candidate {
        var positions: [Double]
        var settings: [String: ParameterValue]
        var gain: Double
    }

    public func decide(_ history: History) -> Decision {
        let decided = history.trials.count
        guard decided < search.trials else { return .done }
        var random = search.random(decided)
        let scored = Ranking.sorted(
            history.trials.filter { $0.result?.loss(search.direction) != nil }, search.direction)
        guard decided >= startup, scored.count >= 2, let process = process(history, scored) else {
            return .trial(search.suggestion(search.space.sample(&random)))
        }
        let tried = Set(history.trials.map { encoding.point($0.suggestion.parameters) })
        var found = drawn(process.process, process.lowest, scored, &random)
        found.sort { $0.gain > $1.gain }
        var best = found.prefix(Self.climbs).map { climbed($0, process.process, process.lowest) }
        best.sort { $0.gain > $1.gain }
        // The same settings again tell little: of few that are left one that is new, else a draw.
        let new = (best + found).first { !tried.contains(encoding.point($0.settings)) }
        return .trial(search.suggestion(new?.settings ?? search.space.sample(&random)))
    }

    /// The process over what is known, its values standardised, and the lowest of them.
    private func process(
        _ history: History, _ scored: [History.Trial]
    ) -> (process: GaussianProcess, lowest: Double)? {
        var chosen = Set(scored.prefix(Self.pointsMax / 2).map(\.index))
        for trial in history.trials.reversed() where trial.result != nil && chosen.count < Self.pointsMax {
            chosen.insert(trial.index)
        }
        let ended = history.trials.filter { chosen.contains($0.index) }
        let losses = ended.compactMap { $0.result?.loss(search.direction) }.filter(\.isFinite)
        guard let worst = losses.max() else { return nil }
        let raw = ended.map { trial -> Double in
            let loss = trial.result?.loss(search.direction) ?? worst
            return loss.isFinite ? loss : worst
        }
        let mean = raw.reduce(0, +) / Double(raw.count)
        let variance = raw.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(raw.count)
        guard variance > 0, variance.isFinite else { return nil }
        let deviation = variance.squareRoot()
        var values = raw.map { ($0 - mean) / deviation }
        var points = ended.map { encoding.point($0.suggestion.parameters) }
        guard var process = GaussianProcess.fitted(points, values) else { return nil }
        for trial in history.trials where trial.result == nil {
            let point = encoding.point(trial.suggestion.parameters)
            points.append(point)
            values.append(process.predict(point).mean)
            process = process.with(points, values) ?? process
        }
        return (process, values.min() ?? 0)
    }

    private func candidate(
        _ positions: [Double], _ process: GaussianProcess, _ lowest: Double
    ) -> Candidate {
        let settings = search.space.values { positions[$0] }
        let (mean, deviation) = process.predict(encoding.point(settings))
        return Candidate(
            positions: positions, settings: settings,
            gain: ExpectedImprovement.log(mean: mean, deviation: deviation, lowest: lowest))
    }

    /// Draws over the whole space, and steps around the best trials.
    private func drawn(
        _ process: GaussianProcess, _ lowest: Double, _ scored: [History.Trial], _ random: inout RandomGenerator
    ) -> [Candidate] {
        var found: [Candidate] = []
        for _ in 0..<candidates {
            found.append(candidate((0..<encoding.count).map { _ in random.unit() }, process, lowest))
        }
        for trial in scored.prefix(Self.centres) {
            let centre = encoding.positions(trial.suggestion.parameters)
            for width in Self.widths {
                for _ in 0..<max(1, candidates / 20) {
                    let stepped = centre.indices.map { index in
                        let step = random.normal()
                        let draw = random.unit()
                        guard encoding.isOrdered(index) else { return draw < width ? draw / width : centre[index] }
                        return min(1 - 0x1p-53, max(0, centre[index] + width * step))
                    }
                    found.append(candidate(stepped, process, lowest))
                }
            }
        }
        return found
    }

    /// The best that steps along one parameter at a time lead to.
    private func climbed(_ start: Candidate, _ process: GaussianProcess, _ lowest: Double) -> Candidate {
        var best = start
        var width = 0.1
        while width > 0.001 {
            var isBetter = false
            for index in best.positions.indices where encoding.isOrdered(index) {
                for sign in [1.0, -1.0] {
                    var positions = best.positions
                    positions[index] = min(1 - 0x1p-53, max(0, positions[index] + sign * width))
                    let next = candidate(positions, process, lowest)
                    if next.gain > best.gain {
                        best = next
                        isBetter = true
                        break
                    }
                }
            }
            if !isBetter { width /= 2 }
        }
        return best
    }
}
