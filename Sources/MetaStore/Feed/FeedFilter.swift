package import Core

/// Which events a reader of the feed wants. All conditions hold at once.
package struct FeedFilter: Sendable {
    /// A directory's path without a slash at its end, as UTF-8: itself and all below, by the old or the new name of what
    /// moved. Empty: every path.
    package let pathPrefix: [UInt8]
    /// Bit `n` for the kind with raw value `n`.
    private let kinds: UInt64
    package let run: RunID?

    /// - Parameters:
    ///   - path: nil or the root: everything.
    ///   - kinds: empty: all.
    package init(path: FilePath? = nil, kinds: [NamespaceEvent.Kind] = [], run: RunID? = nil) {
        pathPrefix = path.map { $0.components.isEmpty ? [] : Array($0.description.utf8) } ?? []
        self.kinds = kinds.isEmpty ? .max : kinds.reduce(0) { $0 | 1 << UInt64($1.rawValue) }
        self.run = run
    }

    private func wants(kind: UInt8) -> Bool { kinds >> UInt64(kind) & 1 != 0 }

    func wants(run other: RunID?) -> Bool { run == nil || run == other }

    func wants(_ event: RawEvent) -> Bool {
        guard wants(kind: event.kind) else { return false }
        return pathPrefix.isEmpty || covers(event.path) || event.newPath.map { covers($0) } ?? false
    }

    /// Wants all events of all runs.
    var isEverything: Bool { pathPrefix.isEmpty && kinds == .max && run == nil }

    private func covers(_ path: UnsafeRawBufferPointer) -> Bool {
        guard path.count >= pathPrefix.count else { return false }
        guard pathPrefix.withUnsafeBytes({ $0.elementsEqual(path.prefix($0.count)) }) else { return false }
        return pathPrefix.isEmpty || path.count == pathPrefix.count || path[pathPrefix.count] == UInt8(ascii: "/")
    }
}
