/// An entry of the feed in the bytes that hold it (`FeedEntry` with its texts in place). Valid as long as the bytes.
package struct RawFeedEntry {
    package var lsn: UInt64
    package var index: UInt32
    package var timeMs: Int64
    package var run: RunID?
    package var user: UnsafeRawBufferPointer
    package var address: UnsafeRawBufferPointer
    package var callerContext: UnsafeRawBufferPointer
    package var event: RawEvent

    package init(
        lsn: UInt64, index: UInt32, timeMs: Int64, run: RunID?, user: UnsafeRawBufferPointer,
        address: UnsafeRawBufferPointer, callerContext: UnsafeRawBufferPointer, event: RawEvent
    ) {
        self.lsn = lsn
        self.index = index
        self.timeMs = timeMs
        self.run = run
        self.user = user
        self.address = address
        self.callerContext = callerContext
        self.event = event
    }
}

extension FeedEntry {
    /// A copy of its own; nil for a kind of event that this version does not know.
    package init?(_ raw: RawFeedEntry) {
        guard let event = NamespaceEvent(raw.event) else { return nil }
        self.init(
            lsn: LSN(raw.lsn), index: raw.index, timeMs: raw.timeMs, user: String(decoding: raw.user, as: UTF8.self),
            run: raw.run, address: String(decoding: raw.address, as: UTF8.self),
            callerContext: String(decoding: raw.callerContext, as: UTF8.self), event: event)
    }
}
