internal import Core

/// What a volume's VERSION file says: which format it has and to which cluster and datanode it belongs.
struct VolumeIdentity: Equatable, Sendable {
    var layoutVersion: UInt32
    var datanodeUUID: String
    var storageID: String
    /// Nil until the datanode has registered for the first time.
    var clusterID: String?
    var poolID: String?

    /// `key=value` lines, as in HDFS's VERSION files.
    var text: String {
        var lines = ["layoutVersion=\(layoutVersion)", "datanodeUuid=\(datanodeUUID)", "storageID=\(storageID)"]
        if let clusterID { lines.append("clusterID=\(clusterID)") }
        if let poolID { lines.append("blockpoolID=\(poolID)") }
        return lines.joined(separator: "\n") + "\n"
    }

    /// Errors: `.incompatibleLayout` for a newer format, `.corruptMetadata` for a damaged file; both name `path`.
    static func parse(_ text: String, path: String) throws(HFSError) -> VolumeIdentity {
        var fields: [Substring: String] = [:]
        for line in text.split(separator: "\n") where !line.hasPrefix("#") {
            guard let equals = line.firstIndex(of: "=") else {
                throw HFSError(.corruptMetadata, "VERSION has a line without '='", subject: path, cause: String(line))
            }
            fields[line[..<equals]] = String(line[line.index(after: equals)...])
        }
        guard let layout = fields["layoutVersion"].flatMap({ UInt32($0) }) else {
            throw HFSError(.corruptMetadata, "VERSION has no layoutVersion", subject: path)
        }
        guard layout <= VolumeLayout.version else {
            throw HFSError(
                .incompatibleLayout,
                "The volume has layout version \(layout); this datanode reads up to \(VolumeLayout.version)",
                subject: path)
        }
        guard let uuid = fields["datanodeUuid"], let storageID = fields["storageID"], !uuid.isEmpty, !storageID.isEmpty
        else {
            throw HFSError(.corruptMetadata, "VERSION has no datanodeUuid or storageID", subject: path)
        }
        return VolumeIdentity(
            layoutVersion: layout, datanodeUUID: uuid, storageID: storageID, clusterID: fields["clusterID"],
            poolID: fields["blockpoolID"])
    }
}
