import Core

/// `(virtual shard, inode)`: a file that is open for writing and who writes it.
struct LeaseRow: Hashable, Sendable, StoredRow {
    /// The name that the client gave itself; `namenodeHolder` while the namenode recovers the file.
    var holder: String
    /// The writer's address, for placement and messages.
    var address: String
    /// The stamp that a running recovery of the last block gives its replicas; 0 when none runs.
    var recoveryStamp: UInt64 = 0
    /// In whose name the writer acts: its end is the end of the lease.
    var run: RunID?

    /// HDFS's own name for the namenode as lease holder.
    static let namenodeHolder = "HDFS_NameNode"

    init(holder: String, address: String, recoveryStamp: UInt64 = 0, run: RunID? = nil) {
        self.holder = holder
        self.address = address
        self.recoveryStamp = recoveryStamp
        self.run = run
    }

    init(decoding image: UnsafeRawBufferPointer) throws(HFSError) {
        var reader = try RowReader(image, table: "lease", newest: 1)
        holder = try reader.string()
        address = try reader.string()
        recoveryStamp = try reader.unsigned()
        run = reader.isAtEnd ? nil : RunID(try reader.unsigned())
    }

    var image: [UInt8] {
        var writer = RowWriter(version: 1, capacity: 8 + holder.utf8.count + address.utf8.count)
        writer.string(holder)
        writer.string(address)
        writer.unsigned(recoveryStamp)
        if let run { writer.unsigned(run.rawValue) }
        return writer.bytes
    }
}
