package import Core

/// One directory in which a datanode keeps replicas; best a disk of its own.
package struct VolumeConfiguration: Codable, Sendable {
    package var path: String
    /// HDFS's number for the kind of device: 1 disk, 2 SSD, 3 archive, 4 memory.
    package var kind: UInt8
    /// Most bytes of replicas in this volume; nil for what the disk has.
    package var limitBytes: UInt64?

    package init(path: String, kind: StorageKind = .disk, limitBytes: UInt64? = nil) {
        self.path = path
        self.kind = kind.rawValue
        self.limitBytes = limitBytes
    }

    private enum CodingKeys: String, CodingKey { case path, kind, limitBytes }

    package init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        path = try container.decode(String.self, forKey: .path)
        kind = try container.decodeIfPresent(UInt8.self, forKey: .kind) ?? StorageKind.disk.rawValue
        limitBytes = try container.decodeIfPresent(UInt64.self, forKey: .limitBytes)
    }
}
