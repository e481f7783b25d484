package import Core

/// Where snapshots of the graph are kept, out of reach of what may happen to the service's host.
package protocol GraphSnapshots: Sendable {
    /// Stores the graph as it is; gives the first record that is not in it.
    func store(_ store: GraphStore) async throws(HFSError) -> LSN
    /// Puts the newest snapshot at a local path where no file is; nil when there is none. Gives the first record not in it.
    func restore(to path: String) async throws(HFSError) -> LSN?
}
