/// What became of an ablation study: how much worse the metric is without each part.
public struct Contributions: Sendable {
    /// A variant of the study.
    public struct Row: Hashable, Sendable, Encodable {
        /// The part that was left out; `base` for none.
        public var variant: String
        public var omitted: [String]
        /// Trials that ended with a metric.
        public var trials: Int
        public var failed: Int
        /// The mean of their metrics; nil where none has one.
        public var metric: Double?
        /// How far the repetitions lie apart: their standard deviation; nil for fewer than two.
        public var deviation: Double?
        /// By how much the base is better; negative where the part does harm.
        public var contribution: Double?
    }

    /// The base, then the variants, that whose part contributes the most first; those without a metric last.
    public let rows: [Row]

    public init(_ history: History, _ direction: Direction) {
        var order: [String] = []
        var trials: [String: [History.Trial]] = [:]
        for trial in history.trials {
            guard let variant = trial.suggestion.variant else { continue }
            if trials[variant] == nil { order.append(variant) }
            trials[variant, default: []].append(trial)
        }
        let all = order.map { Self.row($0, trials[$0] ?? [], direction) }
        let base = all.first { $0.variant == AblationStudy.base }
        var variants = all.filter { $0.variant != AblationStudy.base }
        for index in variants.indices {
            guard let metric = variants[index].metric, let whole = base?.metric else { continue }
            variants[index].contribution = direction == .maximize ? whole - metric : metric - whole
        }
        let numbered = variants.enumerated().sorted { first, second in
            let (a, b) = (first.element.contribution ?? -.infinity, second.element.contribution ?? -.infinity)
            return a != b ? a > b : first.offset < second.offset
        }
        rows = (base.map { [$0] } ?? []) + numbered.map(\.element)
    }

    private static func row(_ variant: String, _ trials: [History.Trial], _ direction: Direction) -> Row {
        let metrics = trials.compactMap { trial -> Double? in
            guard trial.result?.loss(direction) != nil else { return nil }
            return trial.result?.metric
        }
        let mean = metrics.isEmpty ? nil : metrics.reduce(0, +) / Double(metrics.count)
        var deviation: Double?
        if let mean, metrics.count > 1 {
            let squares = metrics.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
            deviation = (squares / Double(metrics.count - 1)).squareRoot()
        }
        return Row(
            variant: variant, omitted: trials.first?.suggestion.components?.omitted ?? [], trials: metrics.count,
            failed: trials.count { $0.result != nil } - metrics.count, metric: mean, deviation: deviation)
    }
}
