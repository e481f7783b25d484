internal import Core

/// Everything that can be set about a datanode. Read from JSON; what is left out has the default given here.
package struct DataNodeConfiguration: Codable, Sendable {
    /// Directories for replicas, best one a disk.
    package var volumes: [VolumeConfiguration]
    package var namenodeHost: String = "127.0.0.1"
    package var namenodePort: UInt16 = 8020
    /// Where the ports listen.
    package var listenHost: String = "127.0.0.1"
    /// What clients and other datanodes dial; the listening address when nil.
    package var address: String?
    package var hostName: String?
    /// Network location.
    package var location: String = "/default-rack"
    package var transferPort: UInt16 = 9866
    package var rpcPort: UInt16 = 9867
    package var httpPort: UInt16 = 9864
    /// Bytes on each volume's disk that replicas never take (`dfs.datanode.du.reserved`).
    package var reservedBytes: UInt64 = 1 << 30
    /// Every replica is on the disk before its last packet is acknowledged (`dfs.datanode.synconclose`). Off as in HDFS:
    /// hsync, and the sync that a writer asks for with its last packet, are always honoured.
    package var syncsOnClose: Bool = false
    /// Connections on the transfer port at once.
    package var transfersMax: Int = Limits.transfersMax
    /// How long running transfers may take to end when the datanode stops.
    package var drainMs: Int64 = 10_000

    package init(volumes: [VolumeConfiguration]) { self.volumes = volumes }

    package init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        self.init(volumes: try container.decode([VolumeConfiguration].self, forKey: .volumes))
        func read<Value: Decodable>(_ key: CodingKeys, _ value: inout Value) throws {
            if let found = try container.decodeIfPresent(Value.self, forKey: key) { value = found }
        }
        try read(.namenodeHost, &namenodeHost)
        try read(.namenodePort, &namenodePort)
        try read(.listenHost, &listenHost)
        address = try container.decodeIfPresent(String.self, forKey: .address)
        hostName = try container.decodeIfPresent(String.self, forKey: .hostName)
        try read(.location, &location)
        try read(.transferPort, &transferPort)
        try read(.rpcPort, &rpcPort)
        try read(.httpPort, &httpPort)
        try read(.reservedBytes, &reservedBytes)
        try read(.syncsOnClose, &syncsOnClose)
        try read(.transfersMax, &transfersMax)
        try read(.drainMs, &drainMs)
    }
}
