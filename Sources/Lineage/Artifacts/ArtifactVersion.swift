public import Core

/// A node of the lineage graph: a file or an artifact directory, known by its inode, as it was at one version.
///
/// A file's versions count its closes. A directory's count the changes of hands: docs/PROVENANCE.md.
public struct ArtifactVersion: Hashable, Comparable, Sendable, CustomStringConvertible {
    public var inode: InodeID
    /// 0: a file before its first close, or an artifact directory without content yet.
    public var version: UInt32

    public init(_ inode: InodeID, _ version: UInt32) {
        self.inode = inode
        self.version = version
    }

    public static func < (a: Self, b: Self) -> Bool {
        (a.inode, a.version) < (b.inode, b.version)
    }

    public var description: String { "\(inode)@\(version)" }
}
