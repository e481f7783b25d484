package import Core
import WireProtocol

extension HFSFileSystem {
    /// A part of the event feed for the provenance service.
    package struct FeedPart: Sendable {
        package var entries: [FeedEntry]
        package var next: LSN
        package var published: LSN
        package var oldest: LSN
    }

    /// The events from a record on, 0 for the oldest kept one; waits for the first new one, at most `waitMs`.
    package func tail(from lsn: LSN, waitMs: UInt32, entriesMax: UInt32 = 4096) async throws(HFSError) -> FeedPart {
        var request = Hfs_Filesystem_ReadEventsRequest()
        request.fromLsn = lsn.rawValue
        request.eventsMax = entriesMax
        request.waitMs = waitMs
        let answer: Hfs_Filesystem_ReadEventsResponse = try await namenode.callOwn(
            "readEvents", request, extraMs: Int64(waitMs))
        var entries: [FeedEntry] = []
        entries.reserveCapacity(answer.events.count)
        for event in answer.events { entries.append(try FeedEntry(event)) }
        return FeedPart(
            entries: entries, next: LSN(answer.nextLsn), published: LSN(answer.publishedLsn),
            oldest: LSN(answer.oldestLsn))
    }

    /// Has the namenode keep the events from a record on under the name of a durable cursor, which is made if need be.
    package func holdEvents(from lsn: LSN, cursor: String) async throws(HFSError) {
        var request = Hfs_Filesystem_SetCursorRequest()
        request.name = cursor
        request.lsn = lsn.rawValue
        request.create = true
        let _: Hfs_Filesystem_SetCursorResponse = try await namenode.callOwn("setCursor", request)
    }
}
