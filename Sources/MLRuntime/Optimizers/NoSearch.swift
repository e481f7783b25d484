public import Core

/// Trials that differ in nothing but their seeds.
public struct NoSearch: Optimizer {
    private let search: SearchSettings

    public init(_ search: SearchSettings) throws(HFSError) {
        guard search.space.searched.isEmpty else {
            throw HFSError(.invalidArgument, "The optimizer 'none' chooses no parameters: leave the space empty")
        }
        self.search = search
    }

    public func decide(_ history: History) -> Decision {
        history.trials.count < search.trials ? .trial(search.suggestion([:])) : .done
    }
}
