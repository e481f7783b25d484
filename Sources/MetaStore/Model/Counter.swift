package import Core

/// What a directory counts, at once and exactly, by deltas.
///
/// `children` counts direct entries; the rest counts the whole subtree below (the directory itself not included).
package struct Counter: Hashable, Sendable {
    package var children: Int64 = 0
    package var files: Int64 = 0
    package var directories: Int64 = 0
    /// Bytes of all files below.
    package var length: Int64 = 0
    /// Bytes times replication.
    package var space: Int64 = 0
    /// Milliseconds since 1970; a delta's value takes effect only when larger.
    package var modifiedMs: Int64 = 0

    package init() {}

    package init(
        children: Int64 = 0, files: Int64 = 0, directories: Int64 = 0, length: Int64 = 0, space: Int64 = 0,
        modifiedMs: Int64 = 0
    ) {
        self.children = children
        self.files = files
        self.directories = directories
        self.length = length
        self.space = space
        self.modifiedMs = modifiedMs
    }

    /// Sums stop at the ends of the range; `adding` tells when they would. An engine logs nothing that gets there.
    package mutating func add(_ delta: Counter) {
        children = Self.sum(children, delta.children).value
        files = Self.sum(files, delta.files).value
        directories = Self.sum(directories, delta.directories).value
        length = Self.sum(length, delta.length).value
        space = Self.sum(space, delta.space).value
        modifiedMs = max(modifiedMs, delta.modifiedMs)
    }

    /// The sum; `.invalidArgument` when it cannot be counted.
    package func adding(_ delta: Counter) throws(HFSError) -> Counter {
        let isExact =
            Self.sum(children, delta.children).isExact && Self.sum(files, delta.files).isExact
            && Self.sum(directories, delta.directories).isExact && Self.sum(length, delta.length).isExact
            && Self.sum(space, delta.space).isExact
        guard isExact else {
            throw HFSError(.invalidArgument, "the sizes below a directory would add up to more than can be counted")
        }
        var sum = self
        sum.add(delta)
        return sum
    }

    private static func sum(_ a: Int64, _ b: Int64) -> (value: Int64, isExact: Bool) {
        let (sum, overflow) = a.addingReportingOverflow(b)
        return overflow ? (a < 0 ? .min : .max, false) : (sum, true)
    }

    package static prefix func - (a: Counter) -> Counter {
        var negative = Counter()
        negative.children = opposite(a.children)
        negative.files = opposite(a.files)
        negative.directories = opposite(a.directories)
        negative.length = opposite(a.length)
        negative.space = opposite(a.space)
        return negative
    }

    private static func opposite(_ value: Int64) -> Int64 { value == .min ? .max : -value }
}
