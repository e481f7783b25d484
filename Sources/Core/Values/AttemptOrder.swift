/// What the namenode answers an agent about one of its attempts.
public struct AttemptOrder: Hashable, Sendable {
    /// The two orders there are.
    public enum Kind: Hashable, Sendable {
        /// To end early, for this reason; what it has reported counts.
        case stop(String)
        /// Its run has ended: nothing that it still does takes effect.
        case fenced
    }

    public var run: RunID
    public var kind: Kind

    public init(run: RunID, kind: Kind) {
        self.run = run
        self.kind = kind
    }
}
