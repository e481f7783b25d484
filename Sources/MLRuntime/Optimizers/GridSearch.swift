public import Core

/// Every combination once, the last parameter changing fastest; at most `trials` of them.
public struct GridSearch: Optimizer {
    private let search: SearchSettings
    private let points: [[String: ParameterValue]]

    public init(_ search: SearchSettings) throws(HFSError) {
        try search.checkNotEmpty("grid")
        var points: [[String: ParameterValue]] = [[:]]
        for parameter in search.space.searched {
            guard let count = parameter.domain.count else {
                throw HFSError(
                    .unsupported,
                    "The optimizer 'grid' cannot enumerate '\(parameter.name)' (\(parameter.domain.kind)): "
                        + "give it a step or a list of values")
            }
            guard count <= Limits.experimentTrialsMax / points.count else {
                throw HFSError(
                    .invalidArgument, "The grid has more than \(Limits.experimentTrialsMax) points; use larger steps")
            }
            points = points.flatMap { point -> [[String: ParameterValue]] in
                if let condition = parameter.condition, !condition.holds(for: point) { return [point] }
                return (0..<count).map { index in
                    point.merging([parameter.name: parameter.domain.value(number: index)]) { $1 }
                }
            }
        }
        self.search = search
        self.points = points
    }

    public func decide(_ history: History) -> Decision {
        let index = history.trials.count
        guard index < min(points.count, search.trials) else { return .done }
        return .trial(search.suggestion(points[index]))
    }
}
