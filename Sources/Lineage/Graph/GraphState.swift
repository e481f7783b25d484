package import Core

/// What the fold looks up, and where its changes go. `mutating`, since a store keeps what it fetched.
package protocol GraphState {
    mutating func entry(_ inode: InodeID) throws(HFSError) -> EntryRow?
    /// The entry removed last at this place.
    mutating func lastRemoved(parent: InodeID, name: String) throws(HFSError) -> EntryRow?
    /// An entry that is or was last at this place, removed with the directory itself.
    mutating func child(parent: InodeID, name: String) throws(HFSError) -> EntryRow?
    /// What lies in a directory, in the order of inodes, up to a number.
    mutating func children(of inode: InodeID, max: Int) throws(HFSError) -> [EntryRow]
    /// Entries of unknown parent whose whole path lies below `path`.
    mutating func rooted(below path: String) throws(HFSError) -> [EntryRow]
    mutating func version(_ id: ArtifactVersion) throws(HFSError) -> VersionRow?
    mutating func run(_ id: RunID) throws(HFSError) -> RunRow?
    mutating func input(_ run: RunID, of artifact: ArtifactVersion) throws(HFSError) -> InputRow?
    mutating func input(_ run: RunID, number: UInt32) throws(HFSError) -> InputRow?
    mutating func access(_ run: RunID, to file: ArtifactVersion) throws(HFSError) -> AccessRow?

    mutating func apply(_ change: GraphChange)
}
