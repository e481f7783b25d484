internal import Core

/// Collects entries of the feed, in order, into `PackedEvents`.
final class EventPacker {
    private let writer = ByteWriter()
    private(set) var count = 0
    /// Of the last entry; 0 before the first.
    private(set) var lastLSN: UInt64 = 0

    var packed: PackedEvents { PackedEvents(bytes: writer.array, count: count) }

    /// - Parameter event: the bytes of the entry's event, which must be of a kind that is known.
    func add(_ entry: RawFeedEntry, _ event: UnsafeRawBufferPointer) {
        if entry.lsn == lastLSN {
            writer.put(UInt8(0))
        } else {
            writer.put(UInt8(1))
            writer.put(entry.lsn)
            writer.put(entry.timeMs)
            writer.putVarint(entry.run?.rawValue ?? 0)
            writer.putSlice(entry.user)
            writer.putSlice(entry.callerContext)
            writer.putSlice(entry.address)
            lastLSN = entry.lsn
        }
        writer.putVarint(UInt64(entry.index))
        writer.putRaw(event)
        count += 1
    }

    /// Entries of one record may differ in who did it: what a caller may not know was left out of some.
    func add(_ entry: FeedEntry) {
        writer.put(UInt8(1))
        writer.put(entry.lsn.rawValue)
        writer.put(entry.timeMs)
        writer.putVarint(entry.run?.rawValue ?? 0)
        writer.putString(entry.user)
        writer.putString(entry.callerContext)
        writer.putString(entry.address)
        lastLSN = entry.lsn.rawValue
        writer.putVarint(UInt64(entry.index))
        entry.event.encode(into: writer)
        count += 1
    }
}
