/// What `hfs tailer --config` reads. JSON; all but the directory may be left out.
package struct ProvenanceConfiguration: Codable, Sendable {
    /// Where the graph is kept.
    package var directory: String
    package var namenodeHost = "127.0.0.1"
    package var namenodePort: UInt16 = 8020
    /// A superuser: the service sees all events and answers each user what that user may see.
    package var user = "hdfs"
    /// Where questions are answered; also what the namenode tells clients.
    package var host = "127.0.0.1"
    /// 0 lets the system choose.
    package var port: UInt16 = 0
    /// `/metrics` and `/health`; port 0 lets the system choose.
    package var httpHost = "127.0.0.1"
    package var httpPort: UInt16 = 0
    /// Events between two snapshots of the graph.
    package var snapshotEvents = 100_000
    /// Longest time between two snapshots of a graph that changed, milliseconds.
    package var snapshotIntervalMs: Int64 = 3_600_000
    /// The directory in hfs that snapshots are stored in; for superusers only.
    package var snapshotDirectory = "/.hfs/provenance"

    package init(directory: String) { self.directory = directory }

    package init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        self.init(directory: try values.decode(String.self, forKey: .directory))
        namenodeHost = try values.decodeIfPresent(String.self, forKey: .namenodeHost) ?? namenodeHost
        namenodePort = try values.decodeIfPresent(UInt16.self, forKey: .namenodePort) ?? namenodePort
        user = try values.decodeIfPresent(String.self, forKey: .user) ?? user
        host = try values.decodeIfPresent(String.self, forKey: .host) ?? host
        port = try values.decodeIfPresent(UInt16.self, forKey: .port) ?? port
        httpHost = try values.decodeIfPresent(String.self, forKey: .httpHost) ?? httpHost
        httpPort = try values.decodeIfPresent(UInt16.self, forKey: .httpPort) ?? httpPort
        snapshotEvents = try values.decodeIfPresent(Int.self, forKey: .snapshotEvents) ?? snapshotEvents
        snapshotIntervalMs = try values.decodeIfPresent(Int64.self, forKey: .snapshotIntervalMs) ?? snapshotIntervalMs
        snapshotDirectory = try values.decodeIfPresent(String.self, forKey: .snapshotDirectory) ?? snapshotDirectory
    }
}
