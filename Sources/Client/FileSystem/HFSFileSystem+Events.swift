public import Core
import WireProtocol

extension HFSFileSystem {
    /// The event feed from `start` on: each change of the namespace exactly once, in the order in which they happened.
    ///
    ///     for try await entry in fs.events(from: .end, path: "/Projects/demo", kinds: [.close, .rename]) {
    ///         print(entry.lsn, entry.user, entry.event.kind, entry.event.path)
    ///     }
    ///
    /// A user sees the events of directories that they may enter and their own, a superuser all (docs/PROTOCOL.md).
    ///
    /// - Parameters:
    ///   - path: a directory: itself and all below. nil: everywhere.
    ///   - kinds: empty: all.
    ///   - follows: waits for what comes, without an end; else the sequence ends with what was there at its beginning.
    /// Errors: `.eventsRemoved` when the start is no longer kept, `.noSuchProtocol` from a namenode that is not hfs's, and
    /// what any call may end with; after one the iterator can be asked again, and goes on where it was.
    public func events(
        from start: EventStart = .oldest, path: String? = nil, kinds: Set<NamespaceEvent.Kind> = [],
        run: RunID? = nil, follows: Bool = true
    ) -> EventSequence {
        EventSequence(
            fileSystem: self, start: start, query: EventQuery(path: path, kinds: kinds, run: run), follows: follows)
    }

    /// One part of the event feed, for those who keep their own place in it.
    ///
    /// - Parameters:
    ///   - entriesMax: a record's events are never torn apart, so the answer may hold some more.
    ///   - waitMs: how long to wait for the first event when there is none yet; at most 60 s.
    /// An answer without entries tells in `nextLSN` how far the namenode has looked.
    public func readEvents(
        from start: EventStart, _ query: EventQuery = EventQuery(), entriesMax: Int = 4096, waitMs: UInt32 = 0
    ) async throws(HFSError) -> EventPage {
        var request = Hfs_Filesystem_ReadEventsRequest()
        request.fromLsn = 0
        switch start {
        case .oldest: break
        case .lsn(let lsn): request.fromLsn = lsn.rawValue
        case .time(let ms): request.sinceMs = ms
        case .end: request.fromEnd = true
        }
        if let path = query.path { request.pathPrefix = path }
        request.kinds = query.kinds.map { UInt32($0.rawValue) }.sorted()
        if let run = query.run { request.run = run.rawValue }
        request.eventsMax = UInt32(clamping: entriesMax)
        request.waitMs = waitMs
        let answer: Hfs_Filesystem_ReadEventsResponse = try await namenode.callOwn(
            "readEvents", request, extraMs: Int64(waitMs))
        var entries: [FeedEntry] = []
        entries.reserveCapacity(answer.events.count)
        for event in answer.events { entries.append(try FeedEntry(event)) }
        return EventPage(
            entries: entries, nextLSN: LSN(answer.nextLsn), publishedLSN: LSN(answer.publishedLsn),
            oldestLSN: LSN(answer.oldestLsn))
    }

    /// Moves a durable cursor: the namenode keeps the events from `lsn` on for it, within its limits (docs/RELIABILITY.md).
    ///
    /// Set it when entries were dealt with, not after every read: each move is a record of the log.
    ///
    /// - Parameter creates: makes the cursor when there is none; else that is `.fileNotFound`.
    /// Errors: `.invalidArgument` for a name of other than 1 to 128 letters, digits, dots, hyphens and underscores, for an LSN
    /// in the future, and when there are too many cursors; `.eventsRemoved`; `.accessDenied` for somebody else's cursor.
    public func setCursor(_ name: String, to lsn: LSN, creates: Bool = false) async throws(HFSError) {
        var request = Hfs_Filesystem_SetCursorRequest()
        request.name = name
        request.lsn = lsn.rawValue
        request.create = creates
        let _: Hfs_Filesystem_SetCursorResponse = try await namenode.callOwn("setCursor", request)
    }

    /// Removes a durable cursor; false when there was none. `.accessDenied` for somebody else's.
    @discardableResult
    public func removeCursor(_ name: String) async throws(HFSError) -> Bool {
        var request = Hfs_Filesystem_RemoveCursorRequest()
        request.name = name
        let answer: Hfs_Filesystem_RemoveCursorResponse = try await namenode.callOwn("removeCursor", request)
        return answer.existed
    }

    /// The durable cursors in the order of their names: all for superusers, their own for others.
    public func cursors() async throws(HFSError) -> [EventCursor] {
        let answer: Hfs_Filesystem_ListCursorsResponse = try await namenode.callOwn(
            "listCursors", Hfs_Filesystem_ListCursorsRequest())
        return answer.cursors.map {
            EventCursor(
                name: $0.name, lsn: LSN($0.lsn), owner: $0.owner, updatedMs: $0.updatedMs,
                isBeyondRetention: $0.isBeyondRetention)
        }
    }
}
