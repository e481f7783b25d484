/// What an optimizer answers when a slot is free.
public enum Decision: Hashable, Sendable {
    /// Run this trial.
    case trial(Suggestion)
    /// Nothing until another trial has ended.
    case wait
    /// Nothing ever again.
    case done
}

/// A search strategy: a pure function of its settings, which hold the seed, and of the history. Asked twice with equal histories
/// it answers the same, on any machine; so a journal can be replayed, and a search goes on after its driver was killed.
public protocol Optimizer: Sendable {
    /// What to run on a slot that is free, the history being `history`. Time: at most O(trials * parameters) but for TPE.
    func decide(_ history: History) -> Decision
}
