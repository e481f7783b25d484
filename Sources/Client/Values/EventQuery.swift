public import Core

/// Which events of the feed are wanted; all conditions hold at once.
public struct EventQuery: Hashable, Sendable {
    /// A directory: itself and all below, by the old or the new name of what moved. nil: everywhere.
    public var path: String?
    /// Empty: all.
    public var kinds: Set<NamespaceEvent.Kind>
    /// Only what this run did.
    public var run: RunID?

    public init(path: String? = nil, kinds: Set<NamespaceEvent.Kind> = [], run: RunID? = nil) {
        self.path = path
        self.kinds = kinds
        self.run = run
    }
}
