internal import Core

/// What a namespace is: kept in the file `VERSION`, repeated in every shard and segment.
package struct NamespaceIdentity: Hashable, Sendable {
    /// Other layouts are refused: 1 was that of builds before the event feed, which nobody kept data with.
    package static let layoutVersion = 2

    package var clusterID: String
    package var poolID: String
    /// Counts the times that the log was restored or salvaged.
    package var epoch: UInt32
    package var shardCount: Int

    static let fileName = "VERSION"

    private var body: String {
        """
        layoutVersion=\(Self.layoutVersion)
        clusterID=\(clusterID)
        poolID=\(poolID)
        epoch=\(epoch)
        shardCount=\(shardCount)

        """
    }

    var fileBytes: [UInt8] {
        let body = Array(body.utf8)
        return body + Array("crc=\(CRC32C.checksum(body))\n".utf8)
    }

    init(clusterID: String, poolID: String, epoch: UInt32, shardCount: Int) {
        self.clusterID = clusterID
        self.poolID = poolID
        self.epoch = epoch
        self.shardCount = shardCount
    }

    init(fileBytes: [UInt8], path: String) throws(HFSError) {
        var values: [String: String] = [:]
        for line in String(decoding: fileBytes, as: UTF8.self).split(separator: "\n") {
            let parts = line.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            if parts.count == 2 { values[String(parts[0])] = String(parts[1]) }
        }
        if let layout = values["layoutVersion"].flatMap({ Int($0) }), layout != Self.layoutVersion {
            throw HFSError(
                .incompatibleLayout,
                "the namespace has layout \(layout), this version reads layout \(Self.layoutVersion) only",
                subject: path)
        }
        guard let clusterID = values["clusterID"], let poolID = values["poolID"],
            let epoch = values["epoch"].flatMap({ UInt32($0) }),
            let shardCount = values["shardCount"].flatMap({ Int($0) }),
            (1...VirtualShard.count).contains(shardCount)
        else { throw HFSError(.corruptMetadata, "the file does not say what namespace this is", subject: path) }
        self.init(clusterID: clusterID, poolID: poolID, epoch: epoch, shardCount: shardCount)
        guard self.fileBytes == fileBytes else {
            throw HFSError(.corruptMetadata, "the file's checksum is wrong", subject: path)
        }
    }

    /// Which shard file holds which virtual shard.
    var shardOf: [UInt8] { (0..<VirtualShard.count).map { UInt8($0 % shardCount) } }

    static func shardFileName(_ index: Int) -> String { "shard-\(index).db" }

    func shardIdentity(_ index: Int) -> [String: String] {
        [
            "layoutVersion": String(Self.layoutVersion), "clusterID": clusterID, "shard": String(index),
            "shardCount": String(shardCount), "virtualShards": "modulo",
        ]
    }
}
