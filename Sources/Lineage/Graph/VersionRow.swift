package import Core

/// One version of a file or artifact directory: who made it, and how many of its maker's reads came before.
package struct VersionRow: Hashable, Sendable {
    package var id: ArtifactVersion
    package var maker: Agent
    /// Of the inputs of the maker's run, those numbered up to this are inputs of this version.
    package var inputs: UInt32 = 0
    /// Of the last change.
    package var lsn: LSN
    package var timeMs: Int64
    /// Content of a file; of a directory, 0.
    package var length: UInt64 = 0
    package var modifiedMs: Int64 = 0
    package var checksum: UInt32?
    /// The artifact that the file was part of when it was closed. Such a version is no node of the graph: its artifact's is.
    package var owner: ArtifactVersion?
    /// Something depends on it: it takes no further inputs.
    package var isSealed = false

    package init(_ id: ArtifactVersion, maker: Agent, lsn: LSN, timeMs: Int64) {
        self.id = id
        self.maker = maker
        self.lsn = lsn
        self.timeMs = timeMs
    }
}
