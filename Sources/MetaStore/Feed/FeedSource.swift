internal import Core

/// Where the feed reads records from. Thread-safe; reads block.
protocol FeedSource: AnyObject, Sendable {
    /// The newest LSN that readers may see.
    var publishedLSN: UInt64 { get }
    /// The oldest record that is kept; one more than `publishedLSN` when there is none.
    var oldestLSN: UInt64 { get }

    /// The first records that cursors still need.
    func setCursors(_ lsns: [UInt64])

    /// Calls `visit` for the records from `lsn` through `last`, which are published, in order, until it answers false, or
    /// earlier. Returns the LSN behind the last one visited.
    ///
    /// Errors: `.eventsRemoved` when `lsn` is no longer kept, `.corruptMetadata` with file and place, `.io`.
    func walk(from lsn: UInt64, through last: UInt64, _ visit: RecordVisitor) throws(HFSError) -> UInt64

    /// The first record planned at or after `ms`; one more than `last` when there is none.
    func firstLSN(sinceMs ms: Int64, through last: UInt64) throws(HFSError) -> UInt64
}

/// Gets a record's header, the buffer that holds it and where it begins; answers whether to go on.
typealias RecordVisitor = (EditRecordCodec.Header, UnsafeRawBufferPointer, Int) throws(HFSError) -> Bool
