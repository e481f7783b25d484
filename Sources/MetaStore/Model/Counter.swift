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

    /// Sums wrap nowhere: counts of one namespace stay far below 2^63.
    package mutating func add(_ delta: Counter) {
        children += delta.children
        files += delta.files
        directories += delta.directories
        length += delta.length
        space += delta.space
        modifiedMs = max(modifiedMs, delta.modifiedMs)
    }

    package static prefix func - (a: Counter) -> Counter {
        Counter(
            children: -a.children, files: -a.files, directories: -a.directories, length: -a.length, space: -a.space)
    }
}
