internal import Core
internal import MetaStore

/// `system`, key `datanode/<uuid>`: a datanode that belongs to the cluster. After a start the namenode waits for these before
/// it leaves safemode; a node that is declared dead loses its row, and gets it again when it returns.
enum DatanodeRow {
    private static let prefix = "datanode/"
    private static let page = 256

    static func key(_ uuid: String) -> RowKey { Keys.system(prefix + uuid) }

    static func image(_ datanode: DatanodeDescriptor) -> [UInt8] {
        var writer = RowWriter(version: 1)
        writer.string(datanode.uuid)
        writer.string(datanode.address)
        writer.string(datanode.hostName)
        writer.unsigned(UInt64(datanode.transferPort))
        writer.unsigned(UInt64(datanode.httpPort))
        writer.unsigned(UInt64(datanode.rpcPort))
        writer.string(datanode.location)
        return writer.bytes
    }

    static func decode(_ image: [UInt8]) throws(HFSError) -> DatanodeDescriptor {
        try image.withUnsafeBufferPointer { (image) throws(HFSError) in try decode(UnsafeRawBufferPointer(image)) }
    }

    private static func decode(_ image: UnsafeRawBufferPointer) throws(HFSError) -> DatanodeDescriptor {
        var reader = try RowReader(image, table: "datanode", newest: 1)
        return DatanodeDescriptor(
            uuid: try reader.string(), address: try reader.string(), hostName: try reader.string(),
            transferPort: UInt16(truncatingIfNeeded: try reader.unsigned()),
            httpPort: UInt16(truncatingIfNeeded: try reader.unsigned()),
            rpcPort: UInt16(truncatingIfNeeded: try reader.unsigned()), location: try reader.string())
    }

    /// All datanodes of the cluster, by uuid.
    static func all(_ view: any MetadataView) throws(PlanInterrupt) -> [DatanodeDescriptor] {
        var found: [DatanodeDescriptor] = []
        var after = Array(prefix.utf8)
        while true {
            let rows = try view.scan(.system, 0, after: after, limit: page)
            for row in rows {
                guard row.sub.starts(with: prefix.utf8) else { return found }
                found.append(try refusing { () throws(HFSError) in try decode(row.image) })
            }
            guard rows.count == page, let last = rows.last else { return found }
            after = last.sub
        }
    }
}
