import Core
import DataNode
import NameNode
import Provenance

/// The servers' configurations as they follow from a cluster's record.
enum ClusterConfigurations {
    /// A server's configuration with the `log` part beside it.
    private struct Document<Server: Encodable>: Encodable {
        private enum CodingKeys: String, CodingKey { case log }

        let server: Server

        func encode(to encoder: any Encoder) throws {
            try server.encode(to: encoder)
            var values = encoder.container(keyedBy: CodingKeys.self)
            try values.encode(ServerOptions.Log(), forKey: .log)
        }
    }

    /// Writes those that are missing: what is there may have been changed by a person, and stays.
    static func writeMissing(_ record: ClusterRecord, _ directory: ClusterDirectory) throws {
        var namenode = NameNodeConfiguration(directory: directory.dataDirectory(ClusterRecord.namenode))
        namenode.host = record.host
        namenode.port = record.rpcPort
        namenode.httpHost = record.host
        namenode.httpPort = record.httpPort
        namenode.homeOf = LocalUser.name
        namenode.replication = min(namenode.replication, record.datanodes.count)
        // All of it is one machine's disk, wherever the bytes are.
        namenode.inlineBytesMax = Limits.inlineBytesMax
        try write(namenode, ClusterRecord.namenode, directory)
        for datanode in record.datanodes {
            let volume = VolumeConfiguration(path: directory.dataDirectory(datanode.name))
            var configuration = DataNodeConfiguration(volumes: [volume])
            configuration.namenodeHost = record.host
            configuration.namenodePort = record.rpcPort
            configuration.listenHost = record.host
            configuration.transferPort = datanode.transferPort
            configuration.rpcPort = datanode.rpcPort
            configuration.httpPort = datanode.httpPort
            try write(configuration, datanode.name, directory)
        }
        var tailer = ProvenanceConfiguration(directory: directory.dataDirectory(ClusterRecord.tailer))
        tailer.namenodeHost = record.host
        tailer.namenodePort = record.rpcPort
        tailer.user = LocalUser.name
        tailer.host = record.host
        tailer.port = record.tailerPort ?? 0
        tailer.httpHost = record.host
        tailer.httpPort = record.tailerHTTPPort ?? 0
        try write(tailer, ClusterRecord.tailer, directory)
    }

    private static func write(_ server: some Encodable, _ name: String, _ directory: ClusterDirectory) throws {
        let file = directory.configurationFile(name)
        guard !directory.exists(file) else { return }
        try directory.write(Document(server: server), to: file)
    }
}
