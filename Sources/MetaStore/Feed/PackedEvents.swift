package import Core

/// Entries of the feed in one piece of memory, events in the form of the log: a reader who passes them on decodes nothing.
///
///     u8 1 before the first entry of a record, else 0
///     with 1: u64 LSN, u64 time, run (0: none), user, caller context, address
///     index, event
package struct PackedEvents: Sendable {
    private let bytes: [UInt8]
    package let count: Int

    package init() { self.init(bytes: [], count: 0) }

    init(bytes: [UInt8], count: Int) {
        self.bytes = bytes
        self.count = count
    }

    package init(_ entries: [FeedEntry]) {
        let packer = EventPacker()
        for entry in entries { packer.add(entry) }
        self = packer.packed
    }

    package var isEmpty: Bool { count == 0 }

    package var entries: [FeedEntry] {
        var entries: [FeedEntry] = []
        entries.reserveCapacity(count)
        forEach { raw, _ in
            guard let entry = FeedEntry(raw) else { preconditionFailure("an event of an unknown kind was packed") }
            entries.append(entry)
            return true
        }
        return entries
    }

    /// Calls `body` with each entry and its event's bytes, in order, until it answers false.
    package func forEach(_ body: (RawFeedEntry, UnsafeRawBufferPointer) -> Bool) {
        bytes.withUnsafeBytes { bytes in
            var reader = ByteReader(bytes)
            let nothing = UnsafeRawBufferPointer(start: nil, count: 0)
            var entry = RawFeedEntry(
                lsn: 0, index: 0, timeMs: 0, run: nil, user: nothing, address: nothing, callerContext: nothing,
                event: RawEvent(kind: 0, isDirectory: false, inode: 0, parent: 0, path: nothing, change: .none))
            while !reader.isAtEnd {
                if reader.get(UInt8.self) == 1 {
                    entry.lsn = reader.get(UInt64.self)
                    entry.timeMs = reader.get(Int64.self)
                    let run = reader.getVarint()
                    entry.run = run == 0 ? nil : RunID(run)
                    entry.user = reader.getSlice()
                    entry.callerContext = reader.getSlice()
                    entry.address = reader.getSlice()
                }
                entry.index = UInt32(truncatingIfNeeded: reader.getVarint())
                let start = reader.offset
                guard let event = RawEvent(from: &reader), !reader.isBroken else {
                    preconditionFailure("packed events do not decode")
                }
                entry.event = event
                guard body(entry, UnsafeRawBufferPointer(rebasing: bytes[start..<reader.offset])) else { return }
            }
        }
    }
}
