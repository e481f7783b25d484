public import Core

/// A file open for writing. One task writes at a time; a second call waits for the first.
///
/// Bytes are gathered into packets of 64,512 bytes and sent down the block's pipeline of datanodes while the caller goes on.
/// A datanode that fails is taken out of the pipeline, replaced where HDFS's policy asks for it, and what was not
/// acknowledged is sent again; the caller notices only when no datanode is left. After an error other than `.cancelled`
/// the writer is dead and further calls throw that error again.
public final class FileWriter: Sendable {
    public let path: String

    init(path: String) { self.path = path }

    /// Bytes of the file so far, buffered ones included.
    public var position: UInt64 { 0 }

    /// Adds `bytes` at the end. Returns when they are buffered; waits while the window of unacknowledged packets is full.
    public func write(_ bytes: [UInt8]) async throws(HFSError) { throw HFSError(.unsupported, "not yet") }

    /// Adds a copy of the memory's bytes at the end; it must stay valid until the call returns.
    public func write(contentsOf bytes: UnsafeRawBufferPointer) async throws(HFSError) {
        throw HFSError(.unsupported, "not yet")
    }

    /// Returns when all bytes so far are in the memory of all datanodes of the pipeline: new readers see them.
    public func hflush() async throws(HFSError) { throw HFSError(.unsupported, "not yet") }

    /// Returns when all bytes so far are on the disks of all datanodes of the pipeline and the namenode knows the length.
    public func hsync() async throws(HFSError) { throw HFSError(.unsupported, "not yet") }

    /// Finishes the last block and the file. On return the file is complete and its bytes are on all datanodes.
    public func close() async throws(HFSError) { throw HFSError(.unsupported, "not yet") }

    /// Drops the connections without finishing the file: it stays under construction until its lease expires.
    public func abort() async {}
}
