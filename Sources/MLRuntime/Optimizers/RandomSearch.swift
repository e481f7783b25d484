public import Core

/// Independent draws. Trial i depends on seed and i alone, so the trials are the same whatever the parallelism.
public struct RandomSearch: Optimizer {
    private let search: SearchSettings

    public init(_ search: SearchSettings) throws(HFSError) {
        try search.checkNotEmpty("random")
        self.search = search
    }

    public func decide(_ history: History) -> Decision {
        guard history.trials.count < search.trials else { return .done }
        var random = search.random(history.trials.count)
        return .trial(search.suggestion(search.space.sample(&random)))
    }
}
